// Selecting rows, by keys, by hand and everything that matches, and what is done with them.

import { expect, open, test, type Page } from "../support/fixtures.js";
import { press } from "../support/hands.js";
import { row, rows } from "../support/pages.js";
import { root } from "../support/rows.mjs";

const bar = (page: Page) => page.getByRole("region", { name: "Selection" });
const job = (page: Page) => page.getByRole("region", { name: "Job" });
const dialog = (page: Page) => page.getByRole("dialog").filter({ visible: true });

/** Rows, the newest first. */
function sent(project: string, count: number, fields: object = {}): Record<string, any>[] {
  return Array.from({ length: count }, (_, place) => root(project, { created: new Date(Date.now() - place * 1000), ...fields }));
}

test("keys select rows, tag them, and take it back", async ({ installation, project, engineer }) => {
  const traces = sent(project.id, 6);
  await installation.sendTraces(traces);
  await open(engineer, project.page("logs"));
  await expect(rows(engineer)).toHaveCount(6);
  await engineer.keyboard.press("j");
  await expect(row(engineer, traces[0].id).getByRole("link").first()).toBeFocused();
  await engineer.keyboard.press("x");
  await expect(bar(engineer)).toContainText("1 trace selected");
  await engineer.keyboard.press("Shift+J");
  await expect(row(engineer, traces[1].id).getByRole("link").first()).toBeFocused();
  await engineer.keyboard.press("Shift+J");
  await expect(bar(engineer)).toContainText("3 traces selected");
  await expect(row(engineer, traces[2].id).getByRole("link").first()).toBeFocused();
  await engineer.keyboard.press("Shift+K");
  await expect(bar(engineer)).toContainText("2 traces selected");
  await expect(row(engineer, traces[1].id)).toHaveAttribute("aria-selected", "true");
  await expect(row(engineer, traces[2].id)).not.toHaveAttribute("aria-selected", "true");
  await engineer.keyboard.press("Escape");
  await expect(bar(engineer)).toBeHidden();
  await expect(row(engineer, traces[1].id)).not.toHaveAttribute("aria-selected", "true");
  await engineer.keyboard.press("x");
  await expect(bar(engineer)).toContainText("1 trace selected");
  await bar(engineer).getByRole("button", { name: "Tag" }).click();
  await dialog(engineer).getByLabel("Another tag").fill("Triage");
  await dialog(engineer).getByRole("button", { name: "Tag 1 trace" }).click();
  await expect(job(engineer)).toContainText("1 row");
  await expect(row(engineer, traces[1].id)).toContainText("Triage");
  await expect(row(engineer, traces[0].id)).not.toContainText("Triage");
  await engineer.keyboard.press("z");
  await expect(job(engineer)).toContainText("Taken back: 1 row");
  await expect(row(engineer, traces[1].id)).not.toContainText("Triage");
});

test("everything that matches is tagged, also what is not loaded", async ({ installation, project, engineer, owner }) => {
  const wanted = sent(project.id, 130, { metadata: { tier: "gold" } });
  await installation.sendTraces([...wanted, ...sent(project.id, 3)]);
  const filter = "metadata.tier = 'gold'";
  await open(engineer, project.page("logs?filter=" + encodeURIComponent(filter)));
  await row(engineer, wanted[0].id).hover();
  await engineer.keyboard.press("j");
  await engineer.keyboard.press("x");
  await bar(engineer).getByRole("button", { name: "Select everything that matches" }).click();
  await expect(bar(engineer)).toContainText("Everything that matches: 130 traces");
  await bar(engineer).getByRole("button", { name: "Tag" }).click();
  await dialog(engineer).getByLabel("Another tag").fill("Bulk");
  await dialog(engineer).getByRole("button", { name: "Tag 130 traces" }).click();
  await expect(job(engineer)).toContainText("130 rows", { timeout: 30_000 });
  // Somebody else sees who did it, in the one place for it.
  await open(owner, project.page("logs?filter=" + encodeURIComponent("tags includes 'Bulk'")));
  await owner.getByRole("button", { name: "Jobs" }).click();
  await expect(dialog(owner)).toContainText(/Tag Bulk by .+130 rows/);
  await expect(dialog(owner).getByRole("button", { name: "Undo" })).toHaveCount(0);
  await owner.keyboard.press("Escape");
  await job(engineer).getByRole("button", { name: "Undo" }).click();
  await expect(job(engineer)).toContainText("Taken back: 130 rows", { timeout: 30_000 });
  await expect(rows(owner)).toHaveCount(0);
});

test("keys that come before their part of the bundle select the row where the cursor was", async ({ installation, project, engineer }) => {
  const traces = sent(project.id, 4);
  await installation.sendTraces(traces);
  await engineer.route("**/split_selection.wasm", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 400));
    await route.continue();
  });
  await open(engineer, project.page("logs"));
  await expect(rows(engineer)).toHaveCount(4);
  await press(engineer, "j", "x", "j", "j", "x");
  await expect(bar(engineer)).toContainText("2 traces selected");
  for (const place of [0, 2]) await expect(row(engineer, traces[place].id)).toHaveAttribute("aria-selected", "true");
});

test("rows that are ticked become cases of a dataset", async ({ installation, project, engineer }) => {
  const traces = sent(project.id, 4, { expected: "Paris" });
  await installation.sendTraces(traces);
  await open(engineer, project.page("logs"));
  await expect(rows(engineer)).toHaveCount(4);
  await engineer.getByRole("button", { name: "Select", exact: true }).click();
  await expect(bar(engineer)).toContainText("Press rows to select them.");
  await row(engineer, traces[0].id).click();
  await row(engineer, traces[2].id).click({ modifiers: ["Shift"] });
  await expect(bar(engineer)).toContainText("3 traces selected");
  await row(engineer, traces[1].id).hover();
  await row(engineer, traces[1].id).getByRole("checkbox", { name: "Select row" }).uncheck();
  await expect(bar(engineer)).toContainText("2 traces selected");
  await bar(engineer).getByRole("button", { name: "Add to dataset" }).click();
  await dialog(engineer).getByLabel("Name").fill("golden");
  await dialog(engineer).getByLabel("expected from").selectOption("output");
  await dialog(engineer).getByRole("button", { name: "Add 2 traces" }).click();
  await expect(job(engineer)).toContainText("2 rows added");
  await open(engineer, project.page("datasets/golden"));
  await expect(rows(engineer)).toHaveCount(2);
  await expect(rows(engineer).filter({ hasText: "Paris." })).toHaveCount(2);
});

test("rows that are pressed before the part of selecting is there are selected, and not opened", async ({ installation, project, engineer }) => {
  const traces = sent(project.id, 3);
  await installation.sendTraces(traces);
  await engineer.route("**/split_selection.wasm", async (route) => {
    await new Promise((later) => setTimeout(later, 600));
    await route.continue();
  });
  await open(engineer, project.page("logs"));
  await expect(rows(engineer)).toHaveCount(3);
  await engineer.getByRole("button", { name: "Select", exact: true }).click();
  await row(engineer, traces[0].id).click();
  await row(engineer, traces[2].id).getByRole("link").first().click();
  await expect(bar(engineer)).toContainText("2 traces selected");
  await expect(engineer).not.toHaveURL(/[?&]r=/);
});

test("one answer is given about many rows, and taken back", async ({ installation, project, engineer }) => {
  const traces = sent(project.id, 3);
  await installation.sendTraces(traces);
  await installation.call("POST", "/v1/project_score", { project_id: project.id, name: "Tone", score_type: "slider" });
  const categories = [{ name: "Resolved", value: 1 }, { name: "Open", value: 0 }];
  await installation.call("POST", "/v1/project_score", { project_id: project.id, name: "Resolution", score_type: "categorical", categories });
  await open(engineer, project.page("logs"));
  await expect(rows(engineer)).toHaveCount(3);
  await press(engineer, "j", "x", "j", "x");
  await bar(engineer).getByRole("button", { name: "Answer", exact: true }).click();
  const answer = dialog(engineer).getByRole("button", { name: "Answer about 2 traces" });
  await answer.click();
  await expect(dialog(engineer)).toContainText("Give a number from 0 to 100.");
  await dialog(engineer).getByLabel("Question").selectOption("Resolution");
  await answer.click();
  await expect(dialog(engineer)).toContainText("Choose an option.");
  await dialog(engineer).getByRole("radio", { name: "Resolved" }).check();
  await answer.click();
  await expect(job(engineer)).toContainText("Resolution: Resolved");
  await expect(job(engineer)).toContainText("2 rows");
  await expect(row(engineer, traces[0].id)).toContainText("100 %");
  await expect(row(engineer, traces[2].id)).not.toContainText("100 %");
  await engineer.keyboard.press("z");
  await expect(job(engineer)).toContainText("Taken back: 2 rows");
  await expect(row(engineer, traces[0].id)).not.toContainText("100 %");
});

test("whoever may only read is offered nothing to do with rows", async ({ installation, project, viewer }) => {
  await installation.sendTraces(sent(project.id, 2));
  await open(viewer, project.page("logs"));
  await expect(rows(viewer)).toHaveCount(2);
  await expect(viewer.getByRole("button", { name: "Jobs" })).toBeVisible();
  await expect(viewer.getByRole("button", { name: "Select", exact: true })).toHaveCount(0);
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, contextOptions: { hasTouch: true } });

  test("rows are selected by pressing them", async ({ installation, project, reviewer }) => {
    const traces = sent(project.id, 3);
    await installation.sendTraces(traces);
    await installation.call("POST", "/v1/project_tag", { project_id: project.id, name: "Triage" });
    await open(reviewer, project.page("logs"));
    await reviewer.getByRole("button", { name: "Select", exact: true }).click();
    await expect(bar(reviewer)).toContainText("Press rows to select them.");
    await row(reviewer, traces[0].id).tap();
    await row(reviewer, traces[1].id).tap();
    await expect(bar(reviewer)).toContainText("2 traces selected");
    await expect(bar(reviewer).getByRole("button", { name: "Add to dataset" })).toHaveCount(0);
    await bar(reviewer).getByRole("button", { name: "Tag" }).tap();
    await dialog(reviewer).getByRole("checkbox", { name: "Triage" }).check();
    await dialog(reviewer).getByRole("button", { name: "Tag 2 traces" }).tap();
    await expect(job(reviewer)).toContainText("2 rows");
    await expect(row(reviewer, traces[1].id)).toContainText("Triage");
    await row(reviewer, traces[1].id).tap();
    await expect(reviewer.getByRole("article", { name: /^Trace/ })).toBeVisible();
  });
});
