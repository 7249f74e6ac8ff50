// Review mode: row after row by the keyboard, in the order one came from, under an address that leads others to the same row.

import { expect, open, test, PEOPLE, type Page } from "../support/fixtures.js";
import { hydrated, question, review, rows, signIn, trace } from "../support/pages.js";
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
  const activity = await installation.call("GET", `/v1/activity?object_type=project_logs&object_id=${project.id}&id=${listed[19]}`);
  expect(activity.objects.map(({ action }: { action: string }) => action)).toEqual(["complete", "answer"]);
});

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
