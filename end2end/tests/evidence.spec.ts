// How sure one is of an answer, how long one looked, and the words that led to it: by keys, for others, after a reload, and blind.

import { expect, open, PEOPLE, test, type Installation, type Page, type Project } from "../support/fixtures.js";
import { field, hydrated, question, saved } from "../support/pages.js";
import { make, withTrace } from "../support/questions.js";

const delay = (page: Page, milliseconds: number) =>
  page.route(/\/fn\//, async (route) => {
    await new Promise((done) => setTimeout(done, milliseconds));
    await route.continue();
  });

const ASKED = { score_type: "categorical", categories: { bad: 0, good: 1 }, config: { asks_sureness: true } };
const WORDS = "arrives on Tuesday";

async function prepared(installation: Installation, project: Project) {
  await make(installation, project, "Quality", ASKED);
  await installation.slider(project, "Tone");
  const output = `Hello \u{1f44d}! Your parcel ${WORDS}, or **on Wednesday**.`;
  return withTrace(installation, project, { output });
}

/** Selects words in a field, as a mouse does. */
async function select(page: Page, name: string, words: string): Promise<void> {
  await field(page, name).evaluate((section, words) => {
    const walker = document.createTreeWalker(section, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const at = walker.currentNode.nodeValue?.indexOf(words) ?? -1;
      if (at < 0) continue;
      getSelection()?.setBaseAndExtent(walker.currentNode, at, walker.currentNode, at + words.length);
      return;
    }
    throw new Error(`${words} is not there`);
  }, words);
}

const answers = async (installation: Installation, project: Project, id: string): Promise<any[]> =>
  (await installation.call("GET", `/v1/answer?object_type=project_logs&object_id=${project.id}&id=${id}`)).objects;

for (const milliseconds of [0, 150]) {
  test(`sureness and evidence travel with an answer, at ${milliseconds} ms`, async ({ installation, project, reviewer, colleague }) => {
    const { sent, address } = await prepared(installation, project);
    await open(reviewer, address);
    await open(colleague, address);
    await delay(reviewer, milliseconds);
    const quality = question(reviewer, "Quality");
    const steps = quality.getByRole("group", { name: "How sure" });
    await expect(quality).toBeVisible();
    await expect(steps).toHaveCount(0);
    // The words wait for the answer; nothing stands in the way of the next key.
    await select(reviewer, "Output", WORDS);
    await reviewer.keyboard.press("Shift+V");
    await expect(quality.getByRole("list", { name: "Evidence" })).toContainText(WORDS);
    await reviewer.keyboard.press("2");
    await expect(quality.getByRole("radio", { name: /good/ })).toBeChecked();
    await expect(steps).toBeVisible();
    await reviewer.keyboard.press(".");
    await expect(steps.getByRole("button", { name: "Sure", exact: true })).toHaveAttribute("aria-pressed", "true");
    await reviewer.keyboard.press(".");
    await expect(steps.getByRole("button", { name: "Certain" })).toHaveAttribute("aria-pressed", "true");
    await expect(saved(reviewer)).toBeVisible();
    const said = (await answers(installation, project, sent.id)).find((answer) => answer.reviewer.email === PEOPLE.reviewer.email);
    expect(said).toMatchObject({ value: "good", sureness: 1, evidence: [{ path: "output", quote: WORDS, changed: false }] });
    expect(said.seconds).toBeGreaterThanOrEqual(0);

    // Somebody else sees both at once, and is led to the words.
    const others = question(colleague, "Quality").getByRole("group", { name: "Other reviewers" });
    await expect(others).toContainText("How sure: Certain");
    await others.getByRole("button", { name: WORDS }).click();
    await expect.poll(() => colleague.evaluate(() => String(getSelection()))).toBe(WORDS);

    // It is there after a reload; the text changes, and that is said.
    await reviewer.reload();
    await hydrated(reviewer);
    await expect(steps.getByRole("button", { name: "Certain" })).toHaveAttribute("aria-pressed", "true");
    await installation.sendTraces([{ id: sent.id, project_id: project.id, log_id: "g", _is_merge: true, output: "It is lost." }]);
    await reviewer.reload();
    await hydrated(reviewer);
    await expect(quality).toContainText("The text has changed.");
    // Removing it and taking that back.
    await quality.getByRole("button", { name: `Remove the evidence ${WORDS}` }).click();
    await expect(quality.getByRole("list", { name: "Evidence" })).toHaveCount(0);
    await expect(saved(reviewer)).toBeVisible();
    await reviewer.keyboard.press("z");
    await expect(quality.getByRole("list", { name: "Evidence" })).toContainText(WORDS);
  });
}

test("nobody is asked how sure they are unless the question says so", async ({ installation, project, reviewer, engineer }) => {
  const { address } = await prepared(installation, project);
  await open(reviewer, address);
  const tone = question(reviewer, "Tone");
  await tone.getByRole("slider").focus();
  await reviewer.keyboard.press("8");
  await reviewer.keyboard.press("5");
  await expect(saved(reviewer)).toBeVisible();
  await expect(tone.getByRole("group", { name: "How sure" })).toHaveCount(0);
  // Markdown: the words are found again although its marks are not drawn.
  await select(reviewer, "Output", "on Wednesday");
  await reviewer.keyboard.press("Shift+V");
  await expect(tone.getByRole("list", { name: "Evidence" })).toContainText("on Wednesday");
  await expect(tone).not.toContainText("The text has changed.");
  await open(engineer, address);
  await question(engineer, "Tone").getByRole("button", { name: "Edit Tone" }).click();
  await engineer.getByRole("checkbox", { name: "Ask how sure one is" }).check();
  await engineer.getByRole("button", { name: /^Save/ }).click();
  await expect(tone.getByRole("group", { name: "How sure" })).toBeVisible();
});

test("who is blind sees no evidence of others", async ({ installation, project, owner, reviewer, colleague }) => {
  const { address } = await prepared(installation, project);
  await open(owner, project.page("configuration/review"));
  await owner.getByRole("checkbox", { name: "Blind reviews", exact: true }).check();
  await expect(owner.getByRole("status").filter({ hasText: "Saved" })).toBeVisible();
  await open(colleague, address);
  await colleague.keyboard.press("1");
  await select(colleague, "Output", WORDS);
  await colleague.keyboard.press("Shift+V");
  await colleague.keyboard.press(",");
  await expect(question(colleague, "Quality").getByRole("button", { name: "Unsure" })).toHaveAttribute("aria-pressed", "true");
  await expect(saved(colleague)).toBeVisible();
  await open(reviewer, address);
  await expect(question(reviewer, "Quality")).toBeVisible();
  await expect(question(reviewer, "Quality")).not.toContainText(WORDS);
  await reviewer.keyboard.press("2");
  await expect(question(reviewer, "Quality").getByRole("group", { name: "Other reviewers" })).toContainText(WORDS);
});
