// A review list as a board: walking the cards, moving them, and what two people see of each other; what narrows it, and how fast it gets done.

import { expect, open, test, type Installation, type Locator, type Page, type Project } from "../support/fixtures.js";
import { hydrated, trace } from "../support/pages.js";
import { many } from "../support/rows.mjs";

const lane = (page: Page, name: string): Locator => page.getByRole("region", { name, exact: true });
const cards = (page: Page, name: string): Locator => lane(page, name).getByRole("listitem");
const card = (page: Page, text: string): Locator => page.getByRole("listitem").filter({ hasText: text });
const status = (page: Page): Locator => page.locator(".board-scroll").getByRole("status");

/** Rows that are flagged, the last one the newest. */
async function flagged(installation: Installation, project: Project, count: number, more: object = {}): Promise<void> {
  const sent = many(project.id, count, (index) => ({ name: `row ${index}`, input: `question ${index}.`, output: `answer ${index}.` }));
  await installation.sendTraces(sent);
  for (const { id } of sent) {
    await installation.call("POST", "/v1/review_item", { object_type: "project_logs", object_id: project.id, id, ...more });
  }
}

test("cards are walked and moved with keys, and others see it", async ({ installation, project, reviewer, colleague }) => {
  await flagged(installation, project, 3, { note: "Is this right?" });
  await open(colleague, project.page("review?layout=board"));
  await open(reviewer, project.page("review"));
  await reviewer.getByRole("link", { name: "Board" }).click();
  await expect(reviewer).toHaveURL(/layout=board/);
  await expect(cards(reviewer, "Backlog")).toHaveCount(3);
  await expect(cards(reviewer, "Backlog").first()).toContainText("answer 2.");
  await expect(cards(reviewer, "Backlog").first()).toContainText("Is this right?");

  await reviewer.keyboard.press("j");
  await expect(card(reviewer, "question 2.").getByRole("link")).toBeFocused();
  await reviewer.keyboard.press("ArrowDown");
  await expect(card(reviewer, "question 1.").getByRole("link")).toBeFocused();
  await reviewer.keyboard.press("Shift+ArrowRight");
  await expect(cards(reviewer, "In review")).toContainText("question 1.");
  await expect(status(reviewer)).toContainText("You have it in hand.");
  await expect(card(reviewer, "question 1.")).toContainText("In hand: Rita Reviewer");
  // The focus stays at the card, wherever it is drawn.
  await expect(card(reviewer, "question 1.").getByRole("link")).toBeFocused();
  await expect(cards(colleague, "In review")).toContainText("question 1.");
  await expect(card(colleague, "question 1.")).toContainText("In hand: Rita Reviewer");

  await reviewer.keyboard.press("Shift+ArrowRight");
  await expect(cards(reviewer, "Complete")).toContainText("1 of 1");
  await expect(status(reviewer)).toContainText("It is complete.");
  await expect(cards(colleague, "Complete")).toContainText("question 1.");
  await reviewer.keyboard.press("ArrowLeft");
  await expect(card(reviewer, "question 2.").getByRole("link")).toBeFocused();
  await reviewer.keyboard.press("ArrowRight");
  await expect(card(reviewer, "question 1.").getByRole("link")).toBeFocused();

  // From the menu of a card, which opens it again.
  await card(colleague, "question 1.").getByRole("button", { name: "Move question 1." }).click();
  await card(colleague, "question 1.").getByRole("button", { name: "Move to Backlog" }).click();
  await expect(cards(colleague, "Backlog")).toHaveCount(3);
  await expect(cards(reviewer, "Backlog")).toHaveCount(3);
  await expect(card(reviewer, "question 1.")).toContainText("0 of 1");
});

test("moves are taken back, the last first, and nobody takes a card out of the hand of another", async ({ installation, project, reviewer, colleague, watch }) => {
  watch.allow(/status of 409/);
  await flagged(installation, project, 1);
  await open(reviewer, project.page("review?layout=board"));
  await reviewer.keyboard.press("j");
  for (const key of ["Shift+ArrowRight", "Shift+ArrowRight"]) await reviewer.keyboard.press(key);
  await expect(cards(reviewer, "Complete")).toContainText("1 of 1");
  await reviewer.keyboard.press("z");
  await expect(status(reviewer)).toContainText("taken back, in review again.");
  await expect(cards(reviewer, "In review")).toContainText("0 of 1");

  await open(colleague, project.page("review?layout=board"));
  await card(colleague, "question 0.").getByRole("button", { name: "Move question 0." }).click();
  await card(colleague, "question 0.").getByRole("button", { name: "Move to Backlog" }).click();
  await expect(status(colleague)).toContainText("Somebody else has this row in hand.");
  await expect(cards(colleague, "In review")).toHaveCount(1);

  await reviewer.keyboard.press("z");
  await expect(cards(reviewer, "Backlog")).toHaveCount(1);
  // What was complete and is opened again is as it was.
  await reviewer.keyboard.press("Shift+ArrowRight");
  await reviewer.keyboard.press("Shift+ArrowRight");
  await expect(cards(reviewer, "Complete")).toContainText("1 of 1");
  await card(colleague, "question 0.").getByRole("button", { name: "Move question 0." }).click();
  await card(colleague, "question 0.").getByRole("button", { name: "Move to Backlog" }).click();
  await expect(cards(colleague, "Backlog")).toContainText("0 of 1");
  await colleague.keyboard.press("z");
  await expect(cards(reviewer, "Complete")).toContainText("1 of 1");
});

test("cards are dragged, and an item that needs two stays in review", async ({ installation, project, reviewer }) => {
  const list = await installation.call("POST", "/v1/review_list", { project_id: project.id, name: "Twice", reviewers_per_item: 2 });
  await flagged(installation, project, 1, { list: list.id });
  await open(reviewer, project.page(`review?list=${list.id}&layout=board`));
  await card(reviewer, "question 0.").dragTo(lane(reviewer, "In review"));
  await expect(cards(reviewer, "In review")).toContainText("question 0.");
  await card(reviewer, "question 0.").dragTo(lane(reviewer, "Complete"));
  await expect(status(reviewer)).toContainText("Your review is complete. It needs 1 more.");
  await expect(cards(reviewer, "In review")).toContainText("1 of 2");
  await expect(cards(reviewer, "Complete")).toHaveCount(0);
});

test("what is refused goes back and says why", async ({ installation, project, reviewer, colleague, viewer, watch }) => {
  watch.allow(/status of 4(09|22)/);
  await installation.call("POST", "/v1/project_score", { project_id: project.id, name: "Tone", score_type: "slider", config: { required: true } });
  await flagged(installation, project, 1);
  await open(reviewer, project.page("review?layout=board"));
  await open(colleague, project.page("review?layout=board"));
  await reviewer.keyboard.press("j");
  await reviewer.keyboard.press("Shift+ArrowRight");
  await expect(cards(reviewer, "In review")).toHaveCount(1);
  await reviewer.keyboard.press("Shift+ArrowRight");
  await expect(status(reviewer)).toContainText("Answer Tone first.");
  await expect(cards(reviewer, "In review")).toHaveCount(1);
  await expect(cards(reviewer, "Complete")).toHaveCount(0);

  // What somebody else has in hand is theirs to complete.
  await expect(cards(colleague, "In review")).toHaveCount(1);
  await installation.call("DELETE", `/v1/project_score/${(await installation.call("GET", `/v1/project_score?project_id=${project.id}`)).objects[0].id}`);
  await colleague.getByRole("button", { name: "Move question 0." }).click();
  await colleague.getByRole("button", { name: "Move to Complete" }).click();
  await expect(status(colleague)).toContainText("counting what others have in hand");
  await expect(cards(colleague, "In review")).toHaveCount(1);

  await status(reviewer).getByRole("link", { name: "Open it" }).click();
  await expect(trace(reviewer)).toContainText("question 0.");
  await hydrated(reviewer);

  // Who may not review moves nothing.
  await open(viewer, project.page("review?layout=board"));
  await expect(viewer.getByRole("listitem").filter({ hasText: "question 0." })).toBeVisible();
  await expect(viewer.getByRole("button", { name: "Move question 0." })).toHaveCount(0);
  await viewer.keyboard.press("j");
  await viewer.keyboard.press("Shift+ArrowRight");
  await expect(status(viewer)).toBeEmpty();
});

test("a long column is read page by page, and what is shown can be narrowed", async ({ installation, project, reviewer }) => {
  await flagged(installation, project, 30);
  await open(reviewer, project.page("review?layout=board"));
  await expect(cards(reviewer, "Backlog")).toHaveCount(25);
  await lane(reviewer, "Backlog").getByRole("button", { name: "Show more" }).click();
  await expect(cards(reviewer, "Backlog")).toHaveCount(30);
  await expect(lane(reviewer, "Backlog").getByRole("button", { name: "Show more" })).toHaveCount(0);
  await reviewer.getByRole("combobox", { name: "Kind of row" }).selectOption("Dataset rows");
  await expect(reviewer).toHaveURL(/kind=dataset/);
  await expect(reviewer.getByRole("heading", { name: /^Nothing of this kind and time/ })).toBeVisible();
  await expect(reviewer.getByRole("navigation", { name: "Views" })).toContainText("Awaiting 0");
  await reviewer.getByRole("combobox", { name: "Kind of row" }).selectOption("Log spans");
  await expect(reviewer).toHaveURL(/kind=project_logs/);
  await reviewer.getByRole("combobox", { name: "Flagged" }).selectOption("Last hour");
  await expect(reviewer).toHaveURL(/kind=project_logs&range=1h&layout=board/);
  await expect(cards(reviewer, "Backlog")).toHaveCount(25);
  await reviewer.getByRole("link", { name: "List", exact: true }).click();
  await expect(reviewer.locator("tr[data-item]")).toHaveCount(30);
});

test("a list says how fast it gets done, and by whom to who looks after it", async ({ installation, project, reviewer, engineer }) => {
  await flagged(installation, project, 2);
  await open(reviewer, project.page("review?layout=board"));
  await open(engineer, project.page("review"));
  const progress = (page: Page) => page.getByRole("region", { name: "Progress" });
  await expect(progress(reviewer)).toContainText("You 0 today · team 0 · 2 left · too little known to say how long");
  await reviewer.keyboard.press("j");
  // The second one is pressed before the first is done.
  await reviewer.keyboard.press("Shift+ArrowRight");
  await reviewer.keyboard.press("Shift+ArrowRight");
  await expect(status(reviewer)).toContainText("It is complete.");
  await expect(progress(reviewer)).toContainText("You 1 today · team 1 · 1 left", { timeout: 15_000 });
  await expect(progress(engineer)).toContainText("You 0 today · team 1 · 1 left", { timeout: 15_000 });
  await expect(progress(reviewer).getByText("Reviewers")).toHaveCount(0);
  await progress(engineer).getByText("Reviewers").click();
  await expect(engineer.getByRole("table", { name: "Reviewers" }).getByRole("row").nth(1)).toContainText("Rita Reviewer");
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test("cards are moved from their menu", async ({ installation, project, reviewer }) => {
    await flagged(installation, project, 1);
    await open(reviewer, project.page("review?layout=board"));
    await reviewer.getByRole("button", { name: "Move question 0." }).click();
    await reviewer.getByRole("button", { name: "Move to In review" }).click();
    await expect(cards(reviewer, "In review")).toContainText("question 0.");
    const width = await reviewer.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(390);
  });
});
