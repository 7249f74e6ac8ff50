// Flagging for review: the open span, selected rows, everything that matches; setting lists up; and how a list is judged.

import { expect, open, test, type Page } from "../support/fixtures.js";
import { hydrated, trace } from "../support/pages.js";
import { many } from "../support/rows.mjs";

const dialog = (page: Page) => page.getByRole("dialog");
const items = (page: Page) => page.locator("tr[data-item]");
const flagged = (page: Page) => trace(page).getByRole("button", { name: "Flag for review", pressed: true });

/** Lets everything that the page asks of the server take that long. */
const delay = (page: Page, milliseconds: number) =>
  page.route("**/fn/**", async (route) => {
    await new Promise((done) => setTimeout(done, milliseconds));
    await route.continue();
  });

for (const milliseconds of [0, 150]) {
  test(`a span is flagged by its key, seen by others, and taken out again; answers take ${milliseconds} ms`, async ({ installation, project, reviewer, colleague }) => {
    const sent = many(project.id, 2, (index) => ({ name: `row ${index}`, input: `question ${index}.` }));
    await installation.sendTraces(sent);
    const link = project.page(`logs?r=${sent[1]!.root_span_id}`);
    await open(colleague, link);
    await open(reviewer, link);
    await hydrated(reviewer);
    await delay(reviewer, milliseconds);
    await expect(trace(reviewer).getByRole("button", { name: "Flag for review" })).toBeVisible();
    // Each key at once after the other.
    await reviewer.keyboard.press("m");
    await reviewer.keyboard.type("why so?");
    await reviewer.keyboard.press("Enter");
    await expect(flagged(reviewer)).toBeVisible();
    await expect(dialog(reviewer)).toBeHidden();
    await expect(trace(reviewer)).toContainText("In Review by");
    // Everybody's open page shows it.
    await expect(trace(colleague)).toContainText("In Review by");
    await expect(trace(colleague)).toContainText("why so?");
    await open(colleague, project.page("review"));
    await expect(items(colleague)).toHaveCount(1);
    await expect(items(colleague)).toContainText("question 1.");
    await expect(items(colleague)).toContainText("why so?");

    // The note is changed, and then the row is taken out.
    await reviewer.keyboard.press("m");
    await expect(dialog(reviewer)).toContainText("In Review by");
    await expect(dialog(reviewer).getByLabel("Note")).toHaveValue("why so?");
    await dialog(reviewer).getByLabel("Note").fill("is it so?");
    await reviewer.keyboard.press("Enter");
    await expect(trace(reviewer)).toContainText("is it so?");
    await expect(items(colleague)).toContainText("is it so?");
    await reviewer.keyboard.press("m");
    await dialog(reviewer).getByRole("button", { name: "Remove from list" }).click();
    await expect(trace(reviewer).getByRole("button", { name: "Flag for review" })).toBeVisible();
    await expect(items(colleague)).toHaveCount(0);
    // A reviewer asks nobody else.
    await reviewer.keyboard.press("m");
    await expect(dialog(reviewer).getByRole("combobox", { name: "List" })).toBeVisible();
    await expect(dialog(reviewer).getByText("Assign")).toHaveCount(0);
    await reviewer.keyboard.press("Escape");
    await expect(dialog(reviewer)).toBeHidden();
    await expect(trace(reviewer)).toBeVisible();
  });

  test(`people are asked by a key of its own; answers take ${milliseconds} ms`, async ({ installation, project, engineer, viewer }) => {
    const sent = many(project.id, 1, () => ({ input: "question." }));
    await installation.sendTraces(sent);
    const link = project.page(`logs?r=${sent[0]!.root_span_id}`);
    await open(viewer, link);
    await hydrated(viewer);
    await expect(trace(viewer).getByRole("button", { name: "Assign" })).toHaveCount(0);
    await open(engineer, link);
    await hydrated(engineer);
    await delay(engineer, milliseconds);
    await expect(trace(engineer).getByRole("button", { name: "Assign" })).toBeVisible();
    await engineer.keyboard.press("a");
    const first = dialog(engineer).getByRole("group", { name: "Assign" }).getByRole("checkbox").first();
    await expect(first).toBeFocused();
    const name = await first.evaluate((box) => box.parentElement!.textContent!.trim());
    await engineer.keyboard.press("Space");
    await engineer.keyboard.press("Enter");
    await expect(flagged(engineer)).toBeVisible();
    await expect(trace(engineer).getByText(`, for ${name}`)).toBeVisible();
  });

  test(`flagging is taken back by its key; answers take ${milliseconds} ms`, async ({ installation, project, reviewer }) => {
    const sent = many(project.id, 1, () => ({ input: "question." }));
    await installation.sendTraces(sent);
    await open(reviewer, project.page(`logs?r=${sent[0]!.root_span_id}`));
    await hydrated(reviewer);
    await delay(reviewer, milliseconds);
    await reviewer.keyboard.press("m");
    await reviewer.keyboard.press("Enter");
    await expect(flagged(reviewer)).toBeVisible();
    await reviewer.keyboard.press("z");
    await expect(trace(reviewer).getByRole("button", { name: "Flag for review", pressed: false })).toBeVisible();
    await open(reviewer, project.page("review"));
    await expect(items(reviewer)).toHaveCount(0);
  });
}

test("an engineer asks people of the list, and whoever may only read sees how the row stands", async ({ installation, project, engineer, viewer }) => {
  const sent = many(project.id, 1, () => ({ input: "question." }));
  await installation.sendTraces(sent);
  const list = await installation.call("POST", "/v1/review_list", { project_id: project.id, name: "Spring" });
  const link = project.page(`logs?r=${sent[0]!.root_span_id}`);
  await open(engineer, link);
  await hydrated(engineer);
  await engineer.keyboard.press("m");
  await dialog(engineer).getByRole("combobox", { name: "List" }).selectOption({ label: "Spring" });
  const people = dialog(engineer).getByRole("group", { name: "Assign" }).getByRole("checkbox");
  await people.first().check();
  await people.nth(1).check();
  await dialog(engineer).getByRole("button", { name: "Flag for review" }).click();
  await expect(trace(engineer)).toContainText(/In Spring by .*, for .*, /);
  // One of them is enough.
  await engineer.keyboard.press("m");
  await expect(people.first()).toBeChecked();
  await people.first().uncheck();
  await dialog(engineer).getByRole("button", { name: "Save" }).click();
  await expect(trace(engineer)).not.toContainText(/, for .*, /);
  await open(viewer, link);
  await expect(trace(viewer)).toContainText("In Spring by");
  await expect(trace(viewer).getByRole("button", { name: /for review/ })).toHaveCount(0);
  await viewer.keyboard.press("m");
  await expect(dialog(viewer)).toBeHidden();
  await open(viewer, project.page(`review?list=${list.id}`));
  await expect(items(viewer)).toHaveCount(1);
});

test("selected rows are flagged as one, and taken back as one", async ({ installation, project, reviewer }) => {
  const sent = many(project.id, 4, (index) => ({ name: `row ${index}`, input: `question ${index}.` }));
  await installation.sendTraces(sent);
  await open(reviewer, project.page("logs"));
  await hydrated(reviewer);
  for (const key of ["j", "x", "Shift+J", "Shift+J"]) await reviewer.keyboard.press(key);
  await expect(reviewer.getByRole("region", { name: "Selection" })).toContainText("3 traces selected");
  await reviewer.keyboard.press("m");
  await expect(dialog(reviewer).getByRole("heading", { name: "Flag 3 traces for review" })).toBeVisible();
  await reviewer.keyboard.type("all of them");
  await reviewer.keyboard.press("Enter");
  const job = reviewer.getByRole("region", { name: "Job" });
  await expect(job).toContainText("Flag for review");
  await expect(job).toContainText("3 rows");
  await reviewer.keyboard.press("z");
  await expect(job).toContainText("Taken back: 3 rows");
});

test("everything that matches is flagged by an engineer", async ({ installation, project, engineer }) => {
  await installation.sendTraces(many(project.id, 130, (index) => ({ input: `question ${index}.` })));
  await open(engineer, project.page("logs"));
  await hydrated(engineer);
  await engineer.keyboard.press("j");
  await engineer.keyboard.press("x");
  await engineer.getByRole("button", { name: "Select everything that matches" }).click();
  await engineer.getByRole("button", { name: "Flag for review" }).click();
  await dialog(engineer).getByRole("button", { name: "Flag 130 traces" }).click();
  await expect(engineer.getByRole("region", { name: "Job" })).toContainText("130 rows", { timeout: 30_000 });
  await open(engineer, project.page("review"));
  await expect(engineer.getByRole("navigation", { name: "Views" })).toContainText("Awaiting 130");
  await expect(items(engineer).first()).toContainText("from a filter");
});

test("a list is made, changed and taken away on its page, and what is wrong is said where it is", async ({ installation, project, engineer, reviewer, watch }) => {
  watch.allow(/status of 4(00|09|22)/);
  await installation.choice(project, "Resolution", { Low: 0, High: 1 });
  await open(reviewer, project.page("review"));
  await expect(reviewer.getByRole("button", { name: "New list" })).toHaveCount(0);
  await open(engineer, project.page("review"));
  await hydrated(engineer);
  await engineer.getByRole("button", { name: "New list" }).click();
  const field = (name: string) => dialog(engineer).getByLabel(name, { exact: true });
  await expect(field("Name")).toBeFocused();
  await engineer.keyboard.type("review");
  await field("Reviewers per item").fill("three");
  await dialog(engineer).getByRole("button", { name: "Save" }).click();
  await expect(dialog(engineer)).toContainText("Use a whole number of reviews from 1 to 20.");
  await field("Reviewers per item").fill("3");
  await dialog(engineer).getByRole("button", { name: "Save" }).click();
  await expect(dialog(engineer)).toContainText("There is already a review list whose name looks the same.");
  await field("Name").fill("Spring");
  await field("Instructions").fill("Judge it **as the customer**.");
  await field("Due").fill("2031-05-04");
  await dialog(engineer).getByRole("checkbox", { name: "Resolution" }).check();
  await dialog(engineer).getByRole("button", { name: "Save" }).click();
  await expect(engineer).toHaveURL(/list=/);
  const lists = (page: Page) => page.getByRole("table", { name: "Review lists" });
  await expect(lists(engineer).getByRole("row", { name: /Spring/ })).toContainText("3 each");
  await expect(lists(engineer).getByRole("row", { name: /Spring/ })).toContainText("2031-05-04");
  // Others see it without loading anything again.
  await expect(lists(reviewer).getByRole("row", { name: /Spring/ })).toBeVisible();

  await engineer.getByRole("button", { name: "Edit list" }).click();
  await expect(field("Name")).toHaveValue("Spring");
  await expect(field("Instructions")).toHaveValue("Judge it **as the customer**.");
  await expect(dialog(engineer).getByRole("checkbox", { name: "Resolution" })).toBeChecked();
  await field("Name").fill("Summer");
  await dialog(engineer).getByRole("radio", { name: /Representative/ }).check();
  await dialog(engineer).getByRole("button", { name: "Save" }).click();
  await expect(lists(reviewer).getByRole("row", { name: /Summer/ })).toContainText("representative");

  await engineer.getByRole("button", { name: "Edit list" }).click();
  await dialog(engineer).getByRole("button", { name: "Archive list" }).click();
  await dialog(engineer).getByRole("button", { name: "Archive for good" }).click();
  await expect(engineer).not.toHaveURL(/list=/);
  await expect(lists(reviewer)).toHaveCount(0);
  // The list that every project has cannot be taken away.
  await engineer.getByRole("button", { name: "Edit list" }).click();
  await expect(field("Name")).toHaveValue("Review");
  await expect(dialog(engineer).getByRole("button", { name: "Archive list" })).toHaveCount(0);
});

test("who comes first to a list reads how to judge, and has it at hand on every item", async ({ installation, project, reviewer }) => {
  const list = await installation.call("POST", "/v1/review_list", {
    project_id: project.id, name: "Spring", instructions: "Judge it as the customer.",
  });
  const sent = many(project.id, 2, (index) => ({ input: `question ${index}.` }));
  await installation.sendTraces(sent);
  for (const { id } of sent) await installation.call("POST", "/v1/review_item", { object_type: "project_logs", object_id: project.id, id, list: list.id });
  await open(reviewer, project.page(`review?list=${list.id}`));
  await hydrated(reviewer);
  const start = reviewer.getByRole("region", { name: "Instructions" });
  await expect(start.getByRole("heading", { name: "Spring" })).toBeVisible();
  await expect(start).toContainText("2 open");
  await expect(start).toContainText("Judge it as the customer.");
  await expect(items(reviewer)).toHaveCount(2);
  await reviewer.keyboard.press("r");
  await expect(trace(reviewer)).toContainText("question 0.");
  await hydrated(reviewer);
  const told = reviewer.getByRole("region", { name: "Review list" }).getByText("Judge it as the customer.");
  await expect(told).toBeHidden();
  await reviewer.keyboard.press("Shift+I");
  await expect(told).toBeVisible();
  await reviewer.keyboard.press("Shift+I");
  await expect(told).toBeHidden();
  await reviewer.keyboard.press("Control+Enter");
  await expect(trace(reviewer)).toContainText("question 1.");
  // Who has begun sees what there is to do.
  await open(reviewer, project.page(`review?list=${list.id}`));
  await expect(items(reviewer)).toHaveCount(1);
  await expect(start).toHaveCount(0);
});
