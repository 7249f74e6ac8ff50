// What rows become in a dataset: chosen field by field, seen before it is written, and taken back as one.

import { expect, open, test, type Page } from "../support/fixtures.js";
import { press } from "../support/hands.js";
import { row, rows, trace } from "../support/pages.js";
import { root } from "../support/rows.mjs";

const bar = (page: Page) => page.getByRole("region", { name: "Selection" });
const job = (page: Page) => page.getByRole("region", { name: "Job" });
const dialog = (page: Page) => page.getByRole("dialog").filter({ visible: true });
const becomes = (page: Page, name: string) => dialog(page).getByRole("group", { name: `${name} as it becomes` });

/** Rows, the newest first. */
function sent(project: string, count: number, fields: (place: number) => object): Record<string, any>[] {
  return Array.from({ length: count }, (_, place) => root(project, { created: new Date(Date.now() - place * 1000), ...fields(place) }));
}

const fields = (place: number) => ({
  input: { messages: [{ content: "Hello" }, { content: `Question ${place}` }] },
  output: `Answer ${place}`,
  metadata: { lang: "en", tier: "gold" },
  tags: ["seen"],
});

test("everything that matches becomes cases as they were shown, once, and is taken back as one", async ({ installation, project, engineer }) => {
  const wanted = sent(project.id, 12, (place) => ({ ...fields(place), scores: { Preference: 0.9 } }));
  await installation.sendTraces([...wanted, ...sent(project.id, 3, (place) => ({ ...fields(place), scores: { Preference: 0.5 } }))]);
  const logs = project.page("logs?filter=" + encodeURIComponent("scores.Preference > 75%"));
  await open(engineer, logs);
  await expect(rows(engineer)).toHaveCount(12);
  await press(engineer, "j", "x");
  await bar(engineer).getByRole("button", { name: "Select everything that matches" }).click();
  await bar(engineer).getByRole("button", { name: "Add to dataset" }).click();
  await dialog(engineer).getByLabel("Name").fill("liked");
  // Nothing is written yet, and it is told what would be.
  await expect(becomes(engineer, "expected")).toHaveText("Answer 0");
  await dialog(engineer).getByLabel("input from").selectOption({ label: "a path…" });
  await dialog(engineer).getByLabel("path of the input").fill("input.messages[-1].content");
  await expect(becomes(engineer, "input")).toHaveText("Question 0");
  await dialog(engineer).getByLabel("metadata from").selectOption({ label: "some keys…" });
  await dialog(engineer).getByLabel("keys of metadata").fill("lang");
  await expect(becomes(engineer, "metadata")).toContainText("lang");
  await expect(becomes(engineer, "metadata")).not.toContainText("gold");
  await dialog(engineer).getByLabel("tags from").selectOption({ label: "none" });
  await expect(becomes(engineer, "tags")).toHaveText("empty");
  await dialog(engineer).getByRole("button", { name: "Next example" }).click();
  await expect(becomes(engineer, "input")).toHaveText("Question 1");
  await expect(dialog(engineer)).toContainText("example 2 of 3");
  await engineer.keyboard.press("Control+Enter");
  await expect(job(engineer)).toContainText("12 rows added", { timeout: 30_000 });
  const dataset = project.page("datasets/liked");
  await open(engineer, dataset);
  await expect(rows(engineer)).toHaveCount(12);
  await expect(rows(engineer).filter({ hasText: /Question \d+/ })).toHaveCount(12);
  await expect(rows(engineer).filter({ hasText: "gold" })).toHaveCount(0);

  // Three of them once more: they are there, and become what they would become now.
  await open(engineer, logs);
  await expect(rows(engineer)).toHaveCount(12);
  await press(engineer, "j", "x", "Shift+J", "Shift+J");
  await expect(bar(engineer)).toContainText("3 traces selected");
  await bar(engineer).getByRole("button", { name: "Add to dataset" }).click();
  await expect(dialog(engineer).getByRole("group", { name: "3 rows are there already" })).toBeVisible();
  await expect(dialog(engineer).getByRole("button", { name: "Add 0 traces" })).toBeVisible();
  await dialog(engineer).getByLabel("expected from").selectOption({ label: "leave empty" });
  await dialog(engineer).getByRole("radio", { name: "Update them" }).check();
  await dialog(engineer).getByRole("button", { name: "Add 3 traces" }).click();
  await expect(job(engineer)).toContainText("0 rows added, 3 updated", { timeout: 30_000 });
  await engineer.keyboard.press("z");
  await expect(job(engineer)).toContainText("Taken back: 3 rows", { timeout: 30_000 });
  await open(engineer, dataset);
  await expect(rows(engineer).filter({ hasText: /Question \d+/ })).toHaveCount(12);
  await expect(rows(engineer).filter({ hasText: /Answer \d+/ })).toHaveCount(12);
});

test("a span tells in which datasets it is", async ({ installation, project, engineer }) => {
  const [one] = sent(project.id, 1, fields);
  await installation.sendTraces([one]);
  await open(engineer, project.page("logs"));
  await expect(rows(engineer)).toHaveCount(1);
  await press(engineer, "j", "x");
  await bar(engineer).getByRole("button", { name: "Add to dataset" }).click();
  await dialog(engineer).getByLabel("Name").fill("golden");
  await expect(becomes(engineer, "expected")).toHaveText("Answer 0");
  await dialog(engineer).getByRole("button", { name: "Add 1 trace" }).click();
  await expect(job(engineer)).toContainText("1 row added", { timeout: 30_000 });
  await open(engineer, project.page(`logs?r=${one.root_span_id}`));
  await trace(engineer).getByRole("link", { name: "golden" }).click();
  await expect(engineer).toHaveURL(/datasets\/golden/);
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test("the dialog fits", async ({ installation, project, engineer }) => {
    const [one] = sent(project.id, 1, fields);
    await installation.sendTraces([one]);
    await open(engineer, project.page("logs"));
    await engineer.getByRole("button", { name: "Select", exact: true }).click();
    await row(engineer, one.id).click();
    await bar(engineer).getByRole("button", { name: "Add to dataset" }).click();
    await expect(becomes(engineer, "expected")).toHaveText("Answer 0");
    const width = await dialog(engineer).evaluate((element) => element.scrollWidth);
    expect(width).toBeLessThanOrEqual(390);
    await dialog(engineer).getByLabel("Name").fill("golden");
    await dialog(engineer).getByRole("button", { name: "Add 1 trace" }).click();
    await expect(job(engineer)).toContainText("1 row added", { timeout: 30_000 });
  });
});
