// Review lists: what waits, taking the next item, completing it and leaving it to others.

import { expect, open, test, type Page } from "../support/fixtures.js";
import { hydrated, trace } from "../support/pages.js";
import { many } from "../support/rows.mjs";

const take = (page: Page) => page.getByRole("button", { name: "Take the next item" });
const items = (page: Page) => page.locator("tr[data-item]");

test("what waits is taken, completed and left to others, item after item", async ({ installation, project, reviewer, colleague }) => {
  await installation.choice(project, "Resolution", { Low: 0, High: 1 });
  const sent = many(project.id, 3, (index) => ({ name: `row ${index}`, input: `question ${index}.` }));
  await installation.sendTraces(sent);
  for (const { id } of sent) {
    await installation.call("POST", "/v1/review_item", { object_type: "project_logs", object_id: project.id, id, note: "Is this right?" });
  }
  await open(reviewer, project.page("logs"));
  await reviewer.keyboard.press("g");
  await reviewer.keyboard.press("r");
  await expect(reviewer.getByRole("heading", { name: "Review", level: 1 })).toBeVisible();
  await expect(items(reviewer)).toHaveCount(3);
  await expect(reviewer.getByRole("navigation", { name: "Views" })).toContainText("Awaiting 3");
  await reviewer.keyboard.press("r");
  await expect(trace(reviewer)).toContainText("question 0.");
  await hydrated(reviewer);
  await expect(reviewer).toHaveURL(/review=/);
  // Somebody else gets another one at the same time.
  await open(colleague, project.page("review"));
  await take(colleague).click();
  await expect(trace(colleague)).toContainText("question 1.");

  await reviewer.keyboard.press("2");
  await reviewer.keyboard.press("Control+Enter");
  await expect(trace(reviewer)).toContainText("question 2.");
  await hydrated(reviewer);
  await reviewer.keyboard.press("s");
  await reviewer.getByRole("group", { name: "Why do you skip it?" }).getByRole("button", { name: "Broken item" }).click();
  await expect(trace(reviewer)).toContainText("Nothing else is left for you in this list.");
  await open(reviewer, project.page("review"));
  await expect(items(reviewer)).toHaveCount(2);
  await expect(items(reviewer).filter({ hasText: "question 2." })).toContainText("skipped 1×");
  await reviewer.getByRole("link", { name: /^Completed/ }).click();
  await expect(items(reviewer)).toHaveCount(1);
  await expect(items(reviewer)).toContainText("question 0.");
  // What others do is seen without loading anything again.
  await hydrated(colleague);
  await colleague.getByRole("button", { name: "Complete", exact: true }).click();
  await expect(items(reviewer)).toHaveCount(2);
});

test("a list that is empty says what fills it", async ({ project, viewer }) => {
  await open(viewer, project.page("review"));
  await expect(viewer.getByText("Nothing waits for review here.")).toBeVisible();
  await expect(take(viewer)).toHaveCount(0);
});
