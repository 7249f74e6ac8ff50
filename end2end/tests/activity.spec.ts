import { expect, open, test, PEOPLE, type Installation, type Locator, type Page, type Project } from "../support/fixtures.js";
import { cut, field, hydrated, question } from "../support/pages.js";
import { answerWithSlider } from "../support/review.js";
import { root } from "../support/rows.mjs";

const activity = (page: Page): Locator => page.getByRole("region", { name: "Activity" });
const entry = (page: Page, words: string): Locator => activity(page).getByRole("listitem").filter({ hasText: words });
const revert = (entry: Locator): Locator => entry.getByRole("button", { name: "Revert" });

async function sent(installation: Installation, project: Project, fields: object = {}) {
  await installation.slider(project, "Preference");
  const span = root(project.id, { name: "answer_ticket", ...fields });
  await installation.sendTraces([span]);
  return { span, address: project.page(`logs?r=${span.root_span_id}`) };
}

async function write(page: Page, text: string): Promise<void> {
  await page.getByRole("button", { name: "Edit expected" }).click();
  await page.getByRole("textbox", { name: "Expected" }).fill(text);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("textbox", { name: "Expected" })).toHaveCount(0);
}

test("a change says who, from what to what, and word by word", async ({ installation, project, reviewer, viewer }) => {
  const before = "The parcel leaves our warehouse today and should reach you on Thursday.";
  const { span, address } = await sent(installation, project, { expected: before });
  await installation.call("POST", `/v1/project_logs/${project.id}/feedback`, {
    feedback: [{ id: span.id, scores: { Helpful: 0.25 }, source: "external" }],
  });
  await open(reviewer, address);
  await answerWithSlider(reviewer, "Preference", 60);
  await answerWithSlider(reviewer, "Preference", 75);
  await write(reviewer, before.replace("Thursday", "Friday morning"));
  await open(viewer, address);
  for (const page of [reviewer, viewer]) {
    await expect(entry(page, "set Preference from 60 % to 75 %")).toContainText(PEOPLE.reviewer.name);
    const edited = entry(page, "edited expected");
    await expect(edited).toContainText(PEOPLE.reviewer.name);
    await expect(edited.locator("del")).toHaveText("Thursday");
    await expect(edited.locator("ins")).toHaveText("Friday morning");
    await expect(entry(page, "set Helpful to 25 %")).toContainText("end user");
  }
  await expect(activity(viewer).getByRole("button", { name: "Revert" })).toHaveCount(0);
});

test("an edit is taken back, and that too", async ({ installation, project, reviewer, colleague }) => {
  const { address } = await sent(installation, project);
  await open(reviewer, address);
  await answerWithSlider(reviewer, "Preference", 60);
  await answerWithSlider(reviewer, "Preference", 75);
  const slider = question(reviewer, "Preference").getByRole("slider");
  await revert(entry(reviewer, "set Preference from 60 % to 75 %")).click();
  await expect(entry(reviewer, "set Preference from 75 % to 60 %")).toBeVisible();
  await expect(slider).toHaveValue("60");
  await revert(entry(reviewer, "set Preference from 75 % to 60 %")).click();
  await expect(slider).toHaveValue("75");
  await expect(entry(reviewer, "set Preference from 60 % to 75 %")).toHaveCount(2);
  // An answer belongs to who gave it.
  await open(colleague, address);
  await expect(entry(colleague, "set Preference from 75 % to 60 %")).toBeVisible();
  await expect(activity(colleague).getByRole("button", { name: "Revert" })).toHaveCount(0);
});

test("what was changed since is not lost: the refusal says what stands there", async ({ installation, project, reviewer, engineer, watch }) => {
  watch.allow(/status of 409/);
  const { address } = await sent(installation, project, { expected: 1 });
  await open(reviewer, address);
  await write(reviewer, "2");
  await open(engineer, address);
  await write(engineer, "3");
  await expect(entry(reviewer, "set expected from 2 to 3")).toBeVisible();
  await revert(entry(reviewer, "set expected from 1 to 2")).click();
  await expect(entry(reviewer, "set expected from 1 to 2").getByRole("alert")).toHaveText("This was not reverted: by now 3 stands there.");
  // It is told wherever one goes, until one decides about it.
  const told = reviewer.getByRole("alert").filter({ hasText: "Not saved: Revert of “set expected from 1 to 2”" });
  await expect(told).toBeVisible();
  await told.getByRole("button", { name: "Discard" }).click();
  await expect(reviewer.getByRole("alert")).toHaveCount(0);
  await revert(entry(reviewer, "set expected from 2 to 3")).click();
  await expect(entry(reviewer, "set expected from 3 to 2")).toContainText(PEOPLE.reviewer.name);
  await expect(field(engineer, "Expected")).toContainText("2");
});

test("older and large changes come when they are asked for", async ({ installation, project, reviewer }) => {
  const { span, address } = await sent(installation, project);
  const row = { object_type: "project_logs", object_id: project.id, id: span.id };
  for (let step = 0; step < 103; step += 1) {
    await installation.call("PUT", "/v1/answer", { ...row, question: "Preference", value: (step % 100) / 100 });
  }
  await open(reviewer, address);
  await write(reviewer, JSON.stringify("word ".repeat(1_000)));
  const entries = activity(reviewer).getByRole("listitem");
  await expect(entries).toHaveCount(100);
  await activity(reviewer).getByRole("button", { name: "Show more" }).click();
  await expect(entries).toHaveCount(104);
  await expect(activity(reviewer).getByRole("button", { name: "Show more" })).toHaveCount(0);
  const edited = entry(reviewer, "edited expected");
  await edited.getByRole("button", { name: "Show the change" }).click();
  await expect(edited.locator("ins")).toContainText("word word word");
});

test("taking an edit back without a connection waits, and arrives once", async ({ installation, project, reviewer, colleague, watch }) => {
  watch.allow(/ERR_FAILED/);
  const { address } = await sent(installation, project);
  await open(reviewer, address);
  await answerWithSlider(reviewer, "Preference", 60);
  await answerWithSlider(reviewer, "Preference", 75);
  await open(colleague, address);
  const mend = await cut(reviewer);
  const changed = entry(reviewer, "set Preference from 60 % to 75 %");
  await revert(changed).click();
  await expect(changed.getByRole("button", { name: "Reverting…" })).toBeDisabled();
  await expect(reviewer.getByRole("status").filter({ hasText: "Only on this device" })).toBeVisible();
  // It is still on its way after a reload.
  await reviewer.reload();
  await hydrated(reviewer);
  await expect(changed.getByRole("button", { name: "Reverting…" })).toBeDisabled();
  mend();
  for (const page of [reviewer, colleague]) await expect(entry(page, "set Preference from 75 % to 60 %")).toHaveCount(1, { timeout: 20_000 });
  await expect(question(reviewer, "Preference").getByRole("slider")).toHaveValue("60");
  await expect(reviewer.getByRole("status").filter({ hasText: "Only on this device" })).toBeHidden();
});
