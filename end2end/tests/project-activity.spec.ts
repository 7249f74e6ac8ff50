// The activity of a whole project: what it is narrowed by stands in the address, and each line leads to its place.

import { AxeBuilder } from "@axe-core/playwright";
import { expect, open, test, PEOPLE, type Installation, type Page, type Project } from "../support/fixtures.js";
import { hydrated, question, trace } from "../support/pages.js";
import { many } from "../support/rows.mjs";

const lines = (page: Page) => page.getByRole("region", { name: "Activity" }).getByRole("listitem");
const line = (page: Page, words: string | RegExp) => lines(page).filter({ hasText: words });
const choice = (page: Page, name: string) => page.getByRole("group", { name: "What is shown" }).getByRole("combobox", { name });

/** Two rows, of which the reviewer answers for one and the engineer tags the other and comments on it. */
async function busy(installation: Installation, project: Project) {
  await installation.slider(project, "Preference");
  const sent = many(project.id, 2, (index) => ({ name: `row ${index}`, input: `question ${index}.` }));
  await installation.sendTraces(sent);
  return sent;
}

async function answered(page: Page, project: Project, root: string, percent: string): Promise<void> {
  await open(page, project.page(`logs?r=${root}`));
  await hydrated(page);
  const slider = question(page, "Preference").getByRole("slider");
  await slider.focus();
  await slider.fill(percent);
  await expect(page.getByRole("region", { name: "Activity" })).toContainText(`${percent} %`);
}

test("who did what stands in one list, is narrowed by the address, and leads to its place", async ({ installation, project, reviewer, engineer }) => {
  const [first, second] = await busy(installation, project);
  await open(reviewer, project.page("activity"));
  await expect(reviewer.getByRole("heading", { name: "Nobody has changed anything here yet" })).toBeVisible();
  await answered(reviewer, project, first!.root_span_id, "60");
  await open(engineer, project.page(`logs?r=${second!.root_span_id}`));
  await hydrated(engineer);
  await engineer.getByLabel("Add a comment").fill("Is this the new price?");
  await engineer.getByLabel("Add a comment").press("Control+Enter");
  await expect(engineer.getByRole("region", { name: "Activity" })).toContainText("Is this the new price?");

  // From the rail, as one goes from page to page.
  await engineer.getByRole("navigation", { name: "Main", exact: true }).getByRole("link", { name: "Activity" }).click();
  await expect(engineer.getByRole("heading", { name: "Activity", level: 1 })).toBeVisible();
  await expect(engineer.getByRole("navigation", { name: "Main", exact: true }).getByRole("link", { name: "Activity" })).toHaveAttribute("aria-current", "page");
  await expect(lines(engineer)).toHaveCount(2);
  await expect(lines(engineer).first()).toContainText(`${PEOPLE.engineer.name} commented: Is this the new price?`);
  await expect(lines(engineer).nth(1)).toContainText(`${PEOPLE.reviewer.name} set Preference to 60 %`);
  await expect(lines(engineer).nth(1)).toContainText("row 0 in Logs");

  await choice(engineer, "Person").selectOption(PEOPLE.reviewer.name);
  await expect(lines(engineer)).toHaveCount(1);
  await expect(engineer).toHaveURL(/activity\?person=/);
  await choice(engineer, "Kind of change").selectOption("Answers");
  await expect(engineer).toHaveURL(/person=[^&]+&action=answer$/);
  await choice(engineer, "Time").selectOption("Last hour");
  await expect(engineer).toHaveURL(/person=[^&]+&action=answer&range=1h$/);
  await expect(line(engineer, "set Preference to 60 %")).toHaveCount(1);
  // The address is a link: somebody else sees the same, and it survives loading.
  const link = new URL(engineer.url());
  await open(reviewer, link.pathname + link.search);
  await expect(lines(reviewer)).toHaveCount(1);
  await hydrated(reviewer);
  await expect(choice(reviewer, "Kind of change")).toHaveValue("answer");
  await expect(choice(reviewer, "Time")).toHaveValue("1h");
  await choice(reviewer, "Kind of change").selectOption("Comments");
  await expect(reviewer.getByRole("heading", { name: "Nobody did anything of this kind in this time" })).toBeVisible();
  await reviewer.goBack();
  await expect(lines(reviewer)).toHaveCount(1);
  await expect(choice(reviewer, "Kind of change")).toHaveValue("answer");
  await open(reviewer, project.page("activity?action=comment"));
  await hydrated(reviewer);
  await line(reviewer, "commented").getByRole("link", { name: "row 1" }).click();
  await expect(trace(reviewer)).toContainText("question 1.");
  await expect(reviewer.getByRole("region", { name: "Activity" }).locator("[aria-current], :target").first()).toContainText("Is this the new price?");
});

test("older pages follow one another without a gap", async ({ installation, project, engineer }) => {
  const [first] = await busy(installation, project);
  const row = { object_type: "project_logs", object_id: project.id, id: first!.id };
  for (let value = 1; value <= 103; value++) {
    await installation.call("PUT", "/v1/answer", { ...row, question: "Preference", value: value / 200 });
  }
  await open(engineer, project.page("activity"));
  await expect(lines(engineer)).toHaveCount(100);
  await hydrated(engineer);
  await engineer.getByRole("link", { name: "Older" }).click();
  await expect(lines(engineer)).toHaveCount(3);
  await expect(engineer).toHaveURL(/before=\d+$/);
  await expect(engineer.getByRole("link", { name: "Older" })).toHaveCount(0);
  await engineer.getByRole("link", { name: "Newest" }).click();
  await expect(lines(engineer)).toHaveCount(100);
});

test("a blind reviewer is told nothing of what others say before answering", async ({ installation, project, reviewer, colleague }) => {
  const [first] = await busy(installation, project);
  await installation.call("PATCH", `/v1/project/${project.id}`, { settings: { blind_reviews: true } });
  await answered(colleague, project, first!.root_span_id, "83");
  await colleague.getByLabel("Add a comment").fill("hushed words");
  await colleague.getByLabel("Add a comment").press("Control+Enter");
  await expect(colleague.getByRole("region", { name: "Activity" })).toContainText("hushed words");
  // What was said is on its way for a moment.
  await expect(async () => {
    await open(colleague, project.page("activity"));
    await expect(lines(colleague)).toHaveCount(2, { timeout: 1_000 });
  }).toPass({ timeout: 20_000 });
  await open(reviewer, project.page("activity"));
  await expect(reviewer.getByRole("heading", { name: "Nobody has changed anything here yet" })).toBeVisible();
  for (const secret of ["0.83", "83 %", "hushed words"]) expect(await reviewer.content(), secret).not.toContain(secret);
  await answered(reviewer, project, first!.root_span_id, "41");
  await open(reviewer, project.page("activity"));
  await expect(line(reviewer, "hushed words")).toHaveCount(1);
  await expect(line(reviewer, "set Preference to 83 %")).toContainText(PEOPLE.colleague.name);
});

for (const { look, colorScheme, width, height } of [
  { look: "light", colorScheme: "light", width: 1440, height: 900 },
  { look: "dark", colorScheme: "dark", width: 1440, height: 900 },
  { look: "phone", colorScheme: "light", width: 390, height: 844 },
  { look: "phone-dark", colorScheme: "dark", width: 390, height: 844 },
] as const) {
  test(`the activity looks right, ${look}`, async ({ installation, project, engineer }) => {
    const [first, second] = await busy(installation, project);
    const row = { object_type: "project_logs", object_id: project.id, id: first!.id };
    for (const value of [0.4, 0.75]) await installation.call("PUT", "/v1/answer", { ...row, question: "Preference", value });
    await installation.call("POST", `/v1/project_logs/${project.id}/feedback`, {
      feedback: [{ id: second!.id, comment: "This is not what I asked for.", source: "external" }, { id: second!.id, tags: ["refund"] }],
    });
    await engineer.setViewportSize({ width, height });
    await engineer.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await open(engineer, project.page("inbox"));
    await hydrated(engineer);
    await engineer.getByRole("main").getByRole("link", { name: "Activity" }).click();
    await expect(lines(engineer).first()).toBeVisible();
    expect(await engineer.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    const { violations } = await new AxeBuilder({ page: engineer }).analyze();
    expect(violations.map((violation) => violation.id)).toEqual([]);
    await test.info().attach(look, { body: await engineer.screenshot({ path: test.info().outputPath(`${look}.png`) }), contentType: "image/png" });
  });
}
