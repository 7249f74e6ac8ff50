import { expect, open, test, type Page, type Project } from "../support/fixtures.js";
import { Installation, PEOPLE } from "../support/fixtures.js";
import { card, expectCard, hydrated, question, row, trace } from "../support/pages.js";
import { answerWithSlider } from "../support/review.js";
import { root } from "../support/rows.mjs";

/** A project with a question and a trace whose score was reported by a scorer of the same name. */
async function asked(installation: Installation, project: Project) {
  await installation.slider(project, "Preference");
  const sent = root(project.id, { name: "answer_ticket", scores: { Preference: 0.31, Speed: 0.5 } });
  await installation.sendTraces([sent]);
  return { sent, address: project.page(`logs?r=${sent.root_span_id}`) };
}

const setting = (page: Page, name: string) => page.getByRole("checkbox", { name, exact: true });
const status = (page: Page) => page.getByRole("status").filter({ hasText: "Saved" });

/** Everything that a page says, form fields too. */
const said = async (page: Page) => (await page.content()) + (await page.locator("body").innerText());

/** Expects nothing of what others or the scorer say, in the page or in what it was made from. */
async function expectNothing(page: Page): Promise<void> {
  const text = await said(page);
  for (const secret of ["0.83", "83 %", "83 %", "83.0", "0.31", "31 %", "31 %", "hushed words"]) expect(text, secret).not.toContain(secret);
}

test("a reviewer sees what others say only after answering", async ({ installation, project, owner, engineer, reviewer, colleague }) => {
  const { sent, address } = await asked(installation, project);

  // The owner switches it on.
  await open(owner, project.page("configuration/review"));
  await expect(owner.getByRole("heading", { name: "Review settings" })).toBeVisible();
  await expect(setting(owner, "Blind reviews")).not.toBeChecked();
  await setting(owner, "Blind reviews").check();
  await expect(status(owner)).toBeVisible();
  await owner.reload();
  await hydrated(owner);
  await expect(setting(owner, "Blind reviews")).toBeChecked();

  // One reviewer answers and comments, another looks on.
  await open(colleague, address);
  await open(engineer, project.page("logs"));
  await open(reviewer, address);
  await expect(trace(reviewer)).toBeVisible();
  await expect(reviewer.getByText("what others say about a question is shown after your own answer")).toBeVisible();
  await answerWithSlider(colleague, "Preference", 83);
  await colleague.getByLabel("Add a comment").fill("hushed words");
  await colleague.getByLabel("Add a comment").press("Control+Enter");
  await expect(colleague.getByRole("region", { name: "Activity" })).toContainText("hushed words");

  // Who sees through sees it at once, in the strip and in the table.
  await expectCard(engineer, "Preference", "83.0", 1);
  await expect(row(engineer, sent.id)).toContainText("83 %");

  // The other reviewer does not, neither live nor after loading: strip, table, trace, activity.
  await expectNothing(reviewer);
  for (const path of [address, project.page("logs"), project.page("logs?filter=scores.Preference+>+0.1")]) {
    await open(reviewer, path);
    await expectNothing(reviewer);
  }
  await expect(row(reviewer, sent.id)).toHaveCount(0);
  await open(reviewer, project.page("logs"));
  await expectCard(reviewer, "Speed", "50.0", 1);
  await expect(row(reviewer, sent.id)).toBeVisible();

  // Once they have answered, everything is there, without loading the page again.
  await open(reviewer, address);
  await answerWithSlider(reviewer, "Preference", 41);
  await expect(question(reviewer, "Preference")).toContainText(PEOPLE.colleague.name);
  await expect(question(reviewer, "Preference")).toContainText("83");
  await expect(reviewer.getByRole("region", { name: "Activity" })).toContainText("hushed words");
  await reviewer.keyboard.press("Escape");
  await expectCard(reviewer, "Preference", "62.0", 1);
  await expect(row(reviewer, sent.id)).toContainText("62 %");
  await expectCard(engineer, "Preference", "62.0", 1);
});

test("a page that is open becomes blind when it is set", async ({ installation, project, reviewer }) => {
  const { sent } = await asked(installation, project);
  await open(reviewer, project.page("logs"));
  await expectCard(reviewer, "Preference", "31.0", 1);
  await installation.call("PATCH", `/v1/project/${project.id}`, { settings: { blind_reviews: true } });
  await expect(card(reviewer, "Preference")).not.toContainText("31.0");
  await expect(row(reviewer, sent.id)).not.toContainText("31 %");
});

test("how a project is reviewed is set in the browser, and wrong numbers are told at their fields", async ({ project, engineer, viewer, watch }) => {
  watch.allow(/status of 4/);
  await open(engineer, project.page("configuration/review"));
  await setting(engineer, "Require all human review scores").check();
  await expect(status(engineer)).toBeVisible();
  /** Types a number, leaves its field, and waits for what the server says. */
  const enter = async (label: string, text: string) => {
    const answered = engineer.waitForResponse(/projects\/set$/);
    await engineer.getByLabel(label).fill(text);
    await engineer.getByLabel(label).press("Tab");
    await answered;
  };
  const reviewers = engineer.getByLabel("Reviewers per item");
  await enter("Reviewers per item", "0");
  await expect(reviewers).toHaveAttribute("aria-invalid", "true");
  await expect(engineer.getByText("Use a whole number from 1 to 20.").first()).toBeVisible();
  await enter("Reviewers per item", "3");
  await expect(reviewers).not.toHaveAttribute("aria-invalid", "true");
  await enter("Minutes of a claim", "10");
  await expect(status(engineer)).toBeVisible();

  await open(viewer, project.page("configuration/review"));
  await expect(viewer.getByLabel("Reviewers per item")).toHaveValue("3");
  await expect(viewer.getByLabel("Minutes of a claim")).toHaveValue("10");
  await expect(setting(viewer, "Require all human review scores")).toBeChecked();
  await expect(setting(viewer, "Blind reviews")).toBeDisabled();
});
