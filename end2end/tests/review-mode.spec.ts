// Review mode: row after row by the keyboard, in the order one came from, under an address that leads others to the same row.

import { expect, open, test, PEOPLE, type Page } from "../support/fixtures.js";
import { hydrated, question, review, rows, signIn, trace } from "../support/pages.js";
import { delay } from "../support/landing.js";
import { unfoldForm } from "../support/review.js";
import { many, root } from "../support/rows.mjs";

const position = (page: Page) => page.getByRole("textbox", { name: "Position" });
const completeAndContinue = (page: Page) => page.getByRole("button", { name: "Complete and continue" });

/** The roots of the rows in the order of the list. */
const order = async (page: Page) => rows(page).evaluateAll((listed) => listed.map((row) => row.getAttribute("data-row-id")));

function numbered(project: string, count: number) {
  return many(project, count, (index) => ({ name: `row ${index}`, input: `question ${index}.` }));
}

test("twenty rows are reviewed without the mouse", async ({ installation, project, reviewer }) => {
  await installation.call("POST", "/v1/project_score", {
    project_id: project.id, name: "Resolution", score_type: "categorical", config: { required: true },
    categories: [{ name: "Low", value: 0 }, { name: "High", value: 1 }],
  });
  const sent = numbered(project.id, 20);
  await installation.sendTraces(sent);
  await open(reviewer, project.page("logs"));
  await expect(rows(reviewer)).toHaveCount(20);
  const listed = await order(reviewer);
  await reviewer.keyboard.press("r");
  await expect(completeAndContinue(reviewer)).toBeVisible();
  await expect(reviewer.getByRole("navigation", { name: "Traces in this view" })).toHaveCount(0);
  for (let number = 1; number <= 20; number += 1) {
    await expect(position(reviewer)).toHaveValue(String(number));
    const shown = sent.find(({ id }) => id === listed[number - 1]);
    await expect(trace(reviewer)).toContainText(shown!.input);
    await expect(review(reviewer).getByRole("radio", { name: /^Low/ })).not.toBeChecked();
    await reviewer.keyboard.press("2");
    await reviewer.keyboard.press("Control+Enter");
  }
  await expect(trace(reviewer)).toContainText("That was the last row in this order.");
  await expect
    .poll(async () => {
      const item = async (id: string) => (await installation.call("GET", `/v1/answer?object_type=project_logs&object_id=${project.id}&id=${id}`)).objects;
      return (await Promise.all(sent.map(({ id }) => item(id)))).filter((answers) => answers.length === 1).length;
    })
    .toBe(20);
  const deeds = async () => {
    const { objects } = await installation.call("GET", `/v1/activity?object_type=project_logs&object_id=${project.id}&id=${listed[19]}`);
    return objects.map(({ action }: { action: string }) => action);
  };
  await expect.poll(deeds).toEqual(["complete", "answer"]);
});

for (const milliseconds of [0, 150]) {
  test(`what is typed last counts before completing, with an answer after ${milliseconds} ms`, async ({ installation, project, reviewer }) => {
    const ask = (name: string, score_type: string, config: object) =>
      installation.call("POST", "/v1/project_score", { project_id: project.id, name, score_type, config: { required: true, ...config } });
    await ask("Tone", "slider", {});
    await ask("Reason", "free-form", { destination: "metadata.review.reason" });
    const sent = numbered(project.id, 3);
    await installation.sendTraces(sent);
    await delay(reviewer, milliseconds);
    await open(reviewer, project.page("logs"));
    const listed = await order(reviewer);
    await reviewer.keyboard.press("r");
    for (const number of [1, 2, 3]) {
      await expect(position(reviewer)).toHaveValue(String(number));
      const shown = sent.find(({ id }) => id === listed[number - 1]);
      await expect(trace(reviewer)).toContainText(shown!.input);
      await expect(trace(reviewer)).not.toHaveAttribute("aria-busy", "true");
      // A digit waits a second for another, a text for the next word: completing waits for neither.
      await reviewer.keyboard.press("8");
      await reviewer.keyboard.press("Control+Enter");
      await expect(trace(reviewer)).toContainText("Answer Reason first.");
      const reason = question(reviewer, "Reason").getByRole("textbox");
      await expect(reason).toBeFocused();
      await reviewer.keyboard.type(`because ${number}`);
      await reviewer.keyboard.press("Control+Enter");
    }
    await expect(trace(reviewer)).toContainText("That was the last row in this order.");
    const answers = async (id: string) => {
      const { objects } = await installation.call("GET", `/v1/answer?object_type=project_logs&object_id=${project.id}&id=${id}`);
      return objects.map(({ value }: { value: unknown }) => value).sort();
    };
    await expect.poll(() => answers(listed[2]!)).toEqual([0.8, "because 3"]);
    expect(await answers(listed[0]!)).toEqual([0.8, "because 1"]);
  });
}

test("what must be answered is asked for first, and the row stays", async ({ installation, project, reviewer }) => {
  await installation.call("POST", "/v1/project_score", { project_id: project.id, name: "Tone", score_type: "slider", config: { required: true } });
  await installation.sendTraces(numbered(project.id, 2));
  await open(reviewer, project.page("logs"));
  await reviewer.keyboard.press("r");
  await expect(position(reviewer)).toHaveValue("1");
  await completeAndContinue(reviewer).click();
  await expect(trace(reviewer)).toContainText("Answer Tone first.");
  await expect(position(reviewer)).toHaveValue("1");
  await unfoldForm(reviewer);
  await question(reviewer, "Tone").getByRole("slider").fill("70");
  await completeAndContinue(reviewer).click();
  await expect(position(reviewer)).toHaveValue("2");
});

test("next, previous and numbers follow the list one came from, also where one's own answer takes a row out of it", async ({ installation, project, reviewer }) => {
  await installation.choice(project, "Resolution", { Low: 0, High: 1 });
  const sent = numbered(project.id, 8);
  await installation.sendTraces(sent);
  await open(reviewer, project.page(`logs?filter=${encodeURIComponent("scores.Resolution is null")}`));
  await expect(rows(reviewer)).toHaveCount(8);
  const listed = await order(reviewer);
  const input = (number: number) => sent.find(({ id }) => id === listed[number - 1])!.input as string;
  await reviewer.keyboard.press("r");
  const shows = async (number: number) => {
    await expect(position(reviewer)).toHaveValue(String(number));
    await expect(trace(reviewer)).toContainText(input(number));
  };
  await shows(1);
  await reviewer.keyboard.press("1");
  await reviewer.keyboard.press("j");
  await shows(2);
  await reviewer.keyboard.press("s");
  await shows(3);
  await reviewer.keyboard.press("k");
  await shows(2);
  await reviewer.getByRole("button", { name: "Previous" }).click();
  await shows(1);
  await position(reviewer).fill("7");
  await position(reviewer).press("Enter");
  await shows(7);
  await position(reviewer).fill("x");
  await position(reviewer).press("Enter");
  await shows(7);
  await reviewer.getByRole("button", { name: "Next" }).click();
  await shows(8);
  // Out of review mode one is in the trace, and then in the list.
  await reviewer.keyboard.press("Escape");
  await expect(completeAndContinue(reviewer)).toHaveCount(0);
  await expect(trace(reviewer)).toBeVisible();
  await reviewer.keyboard.press("Escape");
  await expect(trace(reviewer)).toBeHidden();
});

test("what comes while one reviews waits beside the number, and is taken into the order when one says so", async ({ installation, project, reviewer }) => {
  const sent = numbered(project.id, 6);
  await installation.sendTraces(sent.slice(0, 4));
  await open(reviewer, project.page("logs"));
  await expect(rows(reviewer)).toHaveCount(4);
  const [first, second] = await order(reviewer);
  const input = (id: string | undefined) => sent.find((row) => row.id === id)!.input as string;
  await reviewer.keyboard.press("r");
  await expect(position(reviewer)).toHaveValue("1");
  await expect(trace(reviewer)).toContainText(input(first));
  await reviewer.keyboard.press("j");
  await expect(position(reviewer)).toHaveValue("2");
  await expect(trace(reviewer)).toContainText(input(second));
  const fresh = reviewer.getByRole("button", { name: /new match/ });
  await expect(fresh).toHaveCount(0);
  // One that is newer than all, and one that is older.
  await installation.sendTraces([{ ...sent[4]!, created: new Date().toISOString() }]);
  await expect(fresh).toHaveAccessibleName("1 new match, refresh");
  await installation.sendTraces([{ ...sent[5]!, created: new Date(Date.now() - 86_400_000 * 300).toISOString() }]);
  await expect(fresh).toHaveAccessibleName("2 new matches, refresh");
  await expect(position(reviewer)).toHaveValue("2");
  await reviewer.keyboard.press("k");
  await expect(trace(reviewer)).toContainText(input(first));
  await expect(position(reviewer)).toHaveValue("1");
  await fresh.click();
  await expect(fresh).toHaveCount(0);
  // The row is the same, and stands where it stands now.
  await expect(position(reviewer)).toHaveValue("2");
  await expect(trace(reviewer)).toContainText(input(first));
  await reviewer.keyboard.press("k");
  await expect(trace(reviewer)).toContainText(sent[4]!.input as string);
  await expect(reviewer.getByText("/ 6", { exact: true })).toBeVisible();
});

test("the order of a column and of a view is the order one goes in, also from further down", async ({ installation, project, reviewer, colleague }) => {
  const sent = many(project.id, 120, (index) => ({ name: `row ${index}`, input: `question ${index}.`, scores: { Quality: ((index * 37) % 120) / 120 } }));
  await installation.sendTraces(sent);
  await open(reviewer, project.page(`logs?view=unreviewed&sort=${encodeURIComponent("scores.Quality asc")}`));
  await expect(reviewer.getByRole("columnheader", { name: "Quality" })).toHaveAttribute("aria-sort", "ascending");
  const sorted = sent.toSorted((one, other) => one.scores.Quality - other.scores.Quality);
  const shows = async (page: Page, number: number) => {
    await expect(position(page)).toHaveValue(String(number));
    await expect(trace(page)).toContainText(sorted[number - 1]!.input);
  };
  await reviewer.getByRole("button", { name: "Enter review mode" }).click();
  await shows(reviewer, 1);
  await completeAndContinue(reviewer).click();
  await shows(reviewer, 2);
  await reviewer.getByRole("button", { name: "Next" }).click();
  await shows(reviewer, 3);
  await position(reviewer).fill("110");
  await position(reviewer).press("Enter");
  await shows(reviewer, 110);
  await reviewer.getByRole("button", { name: "Previous" }).click();
  await shows(reviewer, 109);
  // The same for who is sent the link: what was completed meanwhile is out of the view for them.
  const link = new URL(reviewer.url());
  await open(colleague, link.pathname + link.search);
  await expect(trace(colleague)).toContainText(sorted[108]!.input);
  await expect(position(colleague)).toHaveValue(/^10[89]$/);
  await colleague.getByRole("button", { name: "Next" }).click();
  await expect(trace(colleague)).toContainText(sorted[109]!.input);
});

test("completing goes on by itself where one wants that, and the browser remembers it", async ({ installation, project, reviewer }) => {
  await installation.sendTraces(numbered(project.id, 4));
  await open(reviewer, project.page("logs"));
  await rows(reviewer).nth(1).getByRole("link").click();
  await review(reviewer).getByRole("button", { name: "Enter review mode" }).click();
  await expect(position(reviewer)).toHaveValue("2");
  const complete = reviewer.getByRole("button", { name: "Complete", exact: true });
  await complete.click();
  await expect(trace(reviewer)).toContainText("Completed.");
  await expect(position(reviewer)).toHaveValue("2");
  await reviewer.getByRole("checkbox", { name: "Auto-advance" }).check();
  await complete.click();
  await expect(position(reviewer)).toHaveValue("3");
  await reviewer.reload();
  await hydrated(reviewer);
  await expect(position(reviewer)).toHaveValue("3");
  await expect(reviewer.getByRole("checkbox", { name: "Auto-advance" })).toBeChecked();
  await complete.click();
  await expect(position(reviewer)).toHaveValue("4");
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test("one reviews with the thumb", async ({ installation, project, reviewer }) => {
    await installation.choice(project, "Resolution", { Low: 0, High: 1 });
    await installation.sendTraces(numbered(project.id, 3));
    await open(reviewer, project.page("logs"));
    await reviewer.getByRole("button", { name: "Enter review mode" }).click();
    await expect(position(reviewer)).toHaveValue("1");
    for (const name of ["Previous", "Next", "Skip", "Undo", "Complete", "Complete and continue"]) {
      const button = reviewer.getByRole("button", { name, exact: true });
      await expect(button).toBeInViewport({ ratio: 1 });
      expect((await button.boundingBox())!.height).toBeGreaterThanOrEqual(44);
    }
    await question(reviewer, "Resolution").getByRole("radio", { name: /^High/ }).click();
    await completeAndContinue(reviewer).click();
    await expect(position(reviewer)).toHaveValue("2");
    await reviewer.getByRole("button", { name: "Skip" }).click();
    await expect(position(reviewer)).toHaveValue("3");
    await reviewer.getByRole("button", { name: "Previous" }).click();
    await expect(position(reviewer)).toHaveValue("2");
  });
});

test("the address leads a colleague to the same row in the same order, through signing in", async ({ installation, project, reviewer, stranger }) => {
  await installation.choice(project, "Resolution", { Low: 0, High: 1 });
  const sent = numbered(project.id, 5);
  await installation.sendTraces(sent);
  await open(reviewer, project.page(`logs?filter=${encodeURIComponent("input like '%question%'")}`));
  await expect(rows(reviewer)).toHaveCount(5);
  await reviewer.keyboard.press("r");
  await expect(position(reviewer)).toHaveValue("1");
  await reviewer.keyboard.press("j");
  await expect(position(reviewer)).toHaveValue("2");
  const link = new URL(reviewer.url());
  await stranger.goto(link.pathname + link.search);
  await expect(stranger).toHaveURL(/\/login/);
  await signIn(stranger, PEOPLE.colleague.email);
  await hydrated(stranger);
  await expect(stranger).toHaveURL(link.href);
  await expect(position(stranger)).toHaveValue("2");
  await expect(completeAndContinue(stranger)).toBeVisible();
});

test("a row that is gone says so and offers one that is there", async ({ installation, project, reviewer, watch }) => {
  watch.allow(/status of 404/);
  const sent = numbered(project.id, 3);
  await installation.sendTraces(sent);
  await open(reviewer, project.page("logs?r=gone&review=1"));
  await expect(reviewer.getByText("The row is gone, or you may not see it.")).toBeVisible();
  await reviewer.getByRole("button", { name: "Next" }).click();
  await expect(position(reviewer)).toHaveValue("1");
  await expect(trace(reviewer)).toBeVisible();
});

test("who may not review has nothing to complete", async ({ installation, project, viewer }) => {
  const sent = root(project.id);
  await installation.sendTraces([sent]);
  await open(viewer, project.page(`logs?r=${sent.root_span_id}&review=1`));
  await expect(position(viewer)).toHaveValue("1");
  await expect(completeAndContinue(viewer)).toHaveCount(0);
});
