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
  // The list is walked like any other.
  for (const key of ["j", "ArrowDown", "k"]) await reviewer.keyboard.press(key);
  await expect(items(reviewer).first().getByRole("link").first()).toBeFocused();
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

test("what waits in lists stands first in the inbox, and leads there", async ({ installation, project, reviewer }) => {
  const sent = many(project.id, 2, (index) => ({ name: `row ${index}`, input: `question ${index}.` }));
  await installation.sendTraces(sent);
  await open(reviewer, project.page("inbox"));
  const waits = reviewer.getByRole("region", { name: "To review" }).getByRole("listitem").filter({ hasText: ` in ${project.name}` });
  await expect(reviewer.getByRole("heading", { name: "Mentions" })).toBeVisible();
  await expect(waits).toHaveCount(0);
  await hydrated(reviewer);
  for (const { id } of sent) {
    await installation.call("POST", "/v1/review_item", { object_type: "project_logs", object_id: project.id, id });
  }
  await expect(waits).toContainText("2 for anybody");
  await waits.getByRole("link").click();
  await expect(reviewer.getByRole("heading", { name: "Review", level: 1 })).toBeVisible();
  await expect(items(reviewer)).toHaveCount(2);
});

test("an item is in hand while it is open, and only its list's questions must be answered", async ({ installation, project, reviewer, colleague, watch }) => {
  watch.allow(/status of 409/);
  const made = async (name: string) =>
    (await installation.call("POST", "/v1/project_score", { project_id: project.id, name, score_type: "slider", config: { required: true } })).id;
  const [asked] = [await made("Tone"), await made("Length")];
  const list = await installation.call("POST", "/v1/review_list", {
    project_id: project.id, name: "Spring", instructions: "Judge it as the customer.", questions: [asked],
  });
  const sent = many(project.id, 2, (index) => ({ name: `row ${index}`, input: `question ${index}.` }));
  await installation.sendTraces(sent);
  for (const { id } of sent) {
    const item = { object_type: "project_logs", object_id: project.id, id, list: list.id, note: "Is this right?" };
    await installation.call("POST", "/v1/review_item", item);
  }
  await open(reviewer, project.page(`review?list=${list.id}`));
  await expect(reviewer.getByRole("table", { name: "Review lists" })).toContainText("0 of 2");
  await items(reviewer).filter({ hasText: "question 1." }).getByRole("link").click();
  await hydrated(reviewer);
  const about = (page: Page) => page.getByRole("region", { name: "Review list" });
  await expect(about(reviewer)).toContainText("Spring");
  await expect(about(reviewer)).toContainText("You have it in hand.");
  await expect(about(reviewer)).toContainText("0 of 1 reviewer");
  await expect(about(reviewer)).toContainText("Is this right?");
  await about(reviewer).getByText("Instructions").click();
  await expect(about(reviewer)).toContainText("Judge it as the customer.");

  // Who opens the same link is told, and takes another.
  const link = new URL(reviewer.url());
  await open(colleague, link.pathname + link.search);
  await expect(about(colleague).getByRole("alert")).toContainText("Others have this row in hand");
  await about(colleague).getByRole("button", { name: "Take the next item" }).click();
  await expect(trace(colleague)).toContainText("question 0.");
  await expect(about(colleague)).toContainText("Of what is left it waits longest.");

  // What nobody asks here need not be answered.
  await reviewer.keyboard.press("Control+Enter");
  await expect(trace(reviewer)).toContainText("Answer Tone first.");
  await reviewer.keyboard.press("8");
  await reviewer.keyboard.press("Control+Enter");
  await expect(trace(reviewer)).toContainText("Nothing else is left for you in this list.");
  // Out of review mode one is back at the list, and what was open is anybody's again.
  await colleague.keyboard.press("Escape");
  await expect(colleague.getByRole("heading", { name: "Review", level: 1 })).toBeVisible();
  await expect(items(colleague)).toHaveCount(1);
  await expect(items(colleague)).toContainText("Backlog");
  await colleague.keyboard.press("r");
  await expect(trace(colleague)).toContainText("question 0.");
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test("one takes the next item", async ({ installation, project, reviewer }) => {
    const sent = many(project.id, 1, () => ({ input: "question." }));
    await installation.sendTraces(sent);
    await installation.call("POST", "/v1/review_item", { object_type: "project_logs", object_id: project.id, id: sent[0]!.id });
    await open(reviewer, project.page("review"));
    await expect(items(reviewer)).toContainText("question.");
    await take(reviewer).click();
    await expect(trace(reviewer)).toContainText("question.");
    await reviewer.getByRole("button", { name: "Complete", exact: true }).click();
    await expect(trace(reviewer)).toContainText("Completed.");
  });
});

test("a list that is empty says what fills it", async ({ project, viewer, reviewer }) => {
  await open(viewer, project.page("review"));
  await expect(viewer.getByRole("heading", { name: "Nothing waits for review" })).toBeVisible();
  await expect(viewer.getByText("__bt_default_review_list")).toBeVisible();
  await expect(take(viewer)).toHaveCount(0);
  await open(reviewer, project.page("review"));
  await take(reviewer).click();
  await expect(reviewer.getByRole("status").filter({ hasText: "Nothing else is left for you in this list." })).toBeVisible();
});
