// Home: what is first to do, with one key to each; and what came back, there and in the inbox.

import { expect, Installation, open, PEOPLE, test, type Page, type Project } from "../support/fixtures.js";
import { fillSignIn, hydrated, trace } from "../support/pages.js";
import { many } from "../support/rows.mjs";
import { PASSWORD } from "../support/server.mjs";

const region = (page: Page, name: string) => page.getByRole("main").getByRole("region", { name, exact: true });
const heading = (page: Page, name: string) => page.getByRole("heading", { name, level: 1 });

/** Lets everything that the page asks of the server take that long. */
const delay = (page: Page, milliseconds: number) =>
  page.route("**/fn/**", async (route) => {
    await new Promise((done) => setTimeout(done, milliseconds));
    await route.continue();
  });

/** Presses two keys, one after the other. */
async function goTo(page: Page, letter: string): Promise<void> {
  await page.keyboard.press("g");
  await page.keyboard.press(letter);
}

/** Presses the key that stands at a line of that text. */
async function pressKeyOf(page: Page, line: RegExp): Promise<void> {
  const target = page.locator("[data-number]").filter({ hasText: line });
  await page.keyboard.press((await target.getAttribute("data-number"))!);
}

/** A project with rows that wait, the first of which somebody is asked to review. */
async function waiting(installation: Installation, asked: number): Promise<{ project: Project; items: string[] }> {
  const project = await installation.project("waiting");
  await installation.choice(project, "Resolution", { Low: 0, High: 1 });
  const sent = many(project.id, 3, (index) => ({ name: `row ${index}`, input: `question ${index}.` }));
  await installation.sendTraces(sent);
  const items = [];
  for (const [index, { id }] of sent.entries()) {
    const assignees = index < asked ? [PEOPLE.reviewer.email] : [];
    items.push((await installation.call("POST", "/v1/review_item", { object_type: "project_logs", object_id: project.id, id, assignees })).id);
  }
  return { project, items };
}

// What waits elsewhere is on the same page: each test has an installation of its own.
for (const milliseconds of [0, 150]) {
  test(`a reviewer lands at Home, does what is next, and finds it done; answers take ${milliseconds} ms`, async ({ database, browser, watch }) => {
    test.setTimeout(120_000);
    const installation = await Installation.start(database);
    try {
      const { project, items } = await waiting(installation, 2);
      const context = await browser.newContext({ baseURL: installation.origin });
      const reviewer = await context.newPage();
      await watch.over(reviewer);
      await delay(reviewer, milliseconds);
      await reviewer.goto("/");
      await fillSignIn(reviewer, PEOPLE.reviewer.email, PASSWORD);
      await expect(reviewer).toHaveURL(new RegExp(`/p/${encodeURIComponent(project.name)}/home$`));
      await hydrated(reviewer);
      await expect(heading(reviewer, "Home")).toBeVisible();
      await expect(region(reviewer, "Next for you")).toContainText("question 0.");
      await expect(region(reviewer, "Next for you")).toContainText("You are asked to review it.");
      await expect(region(reviewer, "Mine and unanswered").getByRole("listitem")).toHaveCount(2);
      await expect(region(reviewer, "Waiting in your lists")).toContainText(`for you, and 1 for anybody in ${project.name}`);
      await expect(region(reviewer, "Done")).toContainText("You have completed nothing");

      // One key to the next item, one to answer, one to go on.
      await reviewer.keyboard.press("r");
      await expect(trace(reviewer)).toContainText("question 0.");
      await hydrated(reviewer);
      await reviewer.keyboard.press("2");
      await reviewer.keyboard.press("Control+Enter");
      await expect(trace(reviewer)).toContainText("question 1.");
      await goTo(reviewer, "h");
      await expect(heading(reviewer, "Home")).toBeVisible();
      await expect(region(reviewer, "Done")).toContainText("You completed 1 item in the last 24 hours.");
      await expect(region(reviewer, "Mine and unanswered").getByRole("listitem")).toHaveCount(1);
      await expect(region(reviewer, "Next for you").getByRole("button")).toHaveText(/^Continue/);

      // The key of its list leads to the same; Enter on the button does, too.
      await reviewer.keyboard.press("1");
      await expect(trace(reviewer)).toContainText("question 1.");
      await goTo(reviewer, "h");
      await region(reviewer, "Next for you").getByRole("button").focus();
      await reviewer.keyboard.press("Enter");
      await expect(trace(reviewer)).toContainText("question 1.");
      await reviewer.keyboard.press("1");
      await reviewer.keyboard.press("Control+Enter");
      await expect(trace(reviewer)).toContainText("question 2.");
      await goTo(reviewer, "h");
      await expect(region(reviewer, "Done")).toContainText("You completed 2 items");
      await expect(region(reviewer, "Mine and unanswered")).toHaveCount(0);

      // What somebody opens again comes back by itself, and opens by its key.
      await installation.call("POST", `/v1/review_item/${items[0]}/reopen`, {});
      await expect(region(reviewer, "For you to look at")).toContainText(/Reopened by .+: question 0\./);
      await pressKeyOf(reviewer, /Reopened/);
      await expect(trace(reviewer)).toContainText("question 0.");
      await hydrated(reviewer);
      await goTo(reviewer, "h");
      await expect(region(reviewer, "For you to look at")).toContainText("Reopened");
      await open(reviewer, project.page("inbox"));
      await expect(region(reviewer, "Reopened").getByRole("listitem")).toHaveCount(1);
      await pressKeyOf(reviewer, /Reopened/);
      await expect(trace(reviewer)).toContainText("question 0.");
      await watch.close(reviewer);
      await context.close();
    } finally {
      await installation.server.remove();
    }
  });
}

test("mentions and unclear questions stand on Home and in the inbox, each with its key", async ({ database, browser, watch }) => {
  test.setTimeout(120_000);
  const installation = await Installation.start(database);
  try {
    const { project, items } = await waiting(installation, 0);
    const reviewer = await installation.browserOf(browser, "reviewer", { viewport: { width: 1440, height: 900 } });
    const engineer = await installation.browserOf(browser, "engineer", { viewport: { width: 1440, height: 900 } });
    await watch.over(reviewer);
    await watch.over(engineer);
    // Who does more than review begins where they did.
    await open(engineer, "/");
    await expect(heading(engineer, "Projects")).toBeVisible();
    await open(engineer, project.page("logs"));
    await goTo(engineer, "h");
    await expect(heading(engineer, "Home")).toBeVisible();
    await expect(region(engineer, "For you to look at")).toHaveCount(0);

    await open(reviewer, project.page("home"));
    await reviewer.keyboard.press("r");
    await expect(trace(reviewer)).toContainText("question 0.");
    await hydrated(reviewer);
    await reviewer.keyboard.press("c");
    await reviewer.keyboard.type("Look, @emil");
    await expect(reviewer.getByRole("listbox", { name: "Members" }).getByRole("option")).toHaveText([/Emil Engineer/]);
    await reviewer.keyboard.press("Enter");
    await reviewer.keyboard.press("Control+Enter");
    await reviewer.keyboard.press("Escape");
    await reviewer.keyboard.press("s");
    await reviewer.getByRole("group", { name: "Why do you skip it?" }).getByRole("button", { name: "Unclear question" }).click();
    await expect(trace(reviewer)).toContainText("question 1.");

    const look = region(engineer, "For you to look at");
    await expect(look.getByRole("listitem")).toHaveCount(2);
    await expect(look).toContainText("Rita Reviewer mentioned you on row 0");
    await expect(look).toContainText("Question was unclear to Rita Reviewer: question 0.");
    await pressKeyOf(engineer, /mentioned you/);
    await expect(trace(engineer)).toContainText("Look, @Emil Engineer");
    await goTo(engineer, "h");
    await expect(look.getByRole("listitem")).toHaveCount(1);
    await pressKeyOf(engineer, /unclear/);
    await expect(trace(engineer)).toContainText("question 0.");
    await open(engineer, project.page("inbox"));
    await expect(region(engineer, "Unclear questions").getByRole("listitem")).toHaveCount(1);
    await region(engineer, "Unclear questions").getByRole("link", { name: "Edit Resolution" }).click();
    await expect(heading(engineer, "Configuration")).toBeVisible();

    // The reviewer is told nothing of it; what was closed is gone for everybody.
    await open(reviewer, project.page("inbox"));
    await expect(region(reviewer, "Mentions")).toBeVisible();
    await expect(region(reviewer, "Unclear questions")).toHaveCount(0);
    await open(engineer, project.page("home"));
    await expect(region(engineer, "For you to look at")).toContainText("Question was unclear");
    await installation.call("PATCH", `/v1/review_item/${items[0]}`, { status: "complete" });
    await expect(region(engineer, "For you to look at")).toHaveCount(0);
    await watch.close(reviewer);
    await watch.close(engineer);
  } finally {
    await installation.server.remove();
  }
});
