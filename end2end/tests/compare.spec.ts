import { AxeBuilder } from "@axe-core/playwright";
import { type Page } from "@playwright/test";
import { expect, open, test, type Project } from "../support/fixtures.js";
import type { Installation } from "../support/fixtures.js";
import { card, field, hydrated, trace } from "../support/pages.js";

/** What became of a case: its output, and its score where it has one. */
type Case = { output?: string; error?: string; score?: number; trial?: number };

/** An experiment with the rows of its cases as SDKs log them: the score is on a span of its own. */
async function experiment(installation: Installation, project: Project, name: string, cases: Record<number, Case | Case[]>): Promise<string> {
  const { id } = await installation.call("POST", "/v1/experiment", { project_id: project.id, name });
  const rows = Object.entries(cases).flatMap(([number, trials]) =>
    [trials].flat().flatMap(({ output = null, error, score }, trial) => {
      const root = `${name}-${number}-${trial}`.replaceAll(/[^a-z0-9-]/g, "_");
      const span = { experiment_id: id, root_span_id: root };
      const whole = { ...span, id: root, span_id: root, input: `Question ${number}`, output, error, expected: `Wanted ${number}`, metrics: { start: 1000, end: 1002, tokens: 10, estimated_cost: 0.002 }, span_attributes: { name: "eval", type: "eval" } };
      const scorer = { ...span, id: `${root}-s`, span_id: `${root}-s`, span_parents: [root], scores: { exact: score }, span_attributes: { name: "exact", type: "score" } };
      return score === undefined ? [whole] : [whole, scorer];
    }),
  );
  if (rows.length > 0) await installation.sendTraces(rows);
  return id;
}

/** Two experiments: the second is better on 1 and 2, worse on 3, failed on 4, lacks 5, ran 1 twice and has 6 alone. */
async function two(installation: Installation, project: Project) {
  const score = (score: number) => ({ output: "It is red.", score });
  const before = await experiment(installation, project, "before", { 1: score(0.25), 2: score(0.5), 3: score(1), 4: score(0.5), 5: score(0.5) });
  const after = await experiment(installation, project, "after", {
    1: [{ output: "It is blue.", score: 1 }, { output: "It is blue.", score: 0.5 }],
    2: { output: "It is red.", score: 1 },
    3: { output: "It is green.", score: 0.25 },
    4: { error: "timed out" },
    6: { output: "It is new.", score: 1 },
  });
  return { before, after };
}

const ran = (page: Page, name: string) => page.getByRole("row", { name: new RegExp(`^${name} `) });
const score = (page: Page, name: string) => page.getByRole("region", { name: "Summary" }).getByRole("group", { name });
const inputs = (page: Page) => page.locator(".sides .asked");
const side = (page: Page, input: string, experiment: string) => page.locator(".sides tbody tr", { hasText: input }).locator(`td[data-label="${experiment}"]`);

test("two experiments stand side by side, and each number leads to its rows", async ({ installation, project, viewer }) => {
  await two(installation, project);
  await open(viewer, project.page("experiments/after"));
  await expect(viewer.getByRole("region", { name: "Against the base" }).getByRole("group", { name: "exact" })).toContainText("no clear change");
  await viewer.getByRole("link", { name: "Compare", exact: true }).click();
  await expect(viewer).toHaveURL(project.page("experiments/before/compare?with=after"));
  await expect(viewer.getByRole("heading", { name: "Compare", level: 1 })).toBeVisible();
  await hydrated(viewer);

  // What ran stands first.
  for (const [name, words] of [["before", ["5 of 6", "1 each", "$0.0020", "2.00 s"]], ["after", ["5 of 6", "1 to 2"]]] as const) {
    for (const word of words) await expect(ran(viewer, name)).toContainText(word);
  }
  await expect(ran(viewer, "after").getByRole("link", { name: "1 failed in after" })).toBeVisible();
  // 0.75 − 0.25, 1 − 0.5 and 0.25 − 1: what scipy makes of it.
  await expect(score(viewer, "exact")).toContainText("no clear change");
  await expect(score(viewer, "exact")).toContainText("−170.9 to +187.6");
  await expect(score(viewer, "exact").getByRole("img")).toHaveCount(2);
  await expect(score(viewer, "exact").getByRole("img").nth(0)).toHaveAccessibleName("exact: most inputs from 95 to 100 % in after, most inputs from 50 to 55 % in before");
  await expect(score(viewer, "exact").getByRole("img").nth(1)).toHaveAccessibleName("exact, after: +8.3 points, between −170.9 and +187.6");

  // Inputs once, outputs next to one another.
  await expect(inputs(viewer)).toHaveCount(6);
  await expect(side(viewer, "Question 1", "before")).toContainText("It is red.");
  await expect(side(viewer, "Question 1", "after").locator("del")).toHaveText("red");
  await expect(side(viewer, "Question 1", "after").locator("ins")).toHaveText("blue");
  for (const words of ["75 %", "+50.0", "newest of 2 trials", "10 tokens"]) await expect(side(viewer, "Question 1", "after")).toContainText(words);
  await expect(side(viewer, "Question 2", "after").locator("ins, del")).toHaveCount(0);
  await expect(side(viewer, "Question 4", "after")).toContainText("Failed: timed out");
  await expect(side(viewer, "Question 5", "after")).toHaveText("did not run");
  await expect(side(viewer, "Question 6", "before")).toHaveText("did not run");

  const shown = async (name: string, address: string, expected: string[]) => {
    await viewer.getByRole("link", { name }).click();
    await expect(viewer).toHaveURL(project.page(`experiments/before/compare?with=after${address}`));
    await expect(inputs(viewer)).toHaveText(expected);
  };
  await shown("2 improved, after, exact", "&show=improved&score=exact&in=after", ["Question 2", "Question 1"]);
  await expect(viewer.getByRole("status")).toHaveText("2 of 6");
  await shown("1 regressed, after, exact", "&show=regressed&score=exact&in=after", ["Question 3"]);
  await shown("1 failed in after", "&show=failed&in=after", ["Question 4"]);
  await shown("1 missing in after", "&show=missing&in=after", ["Question 5"]);
  await viewer.getByTitle("Show all rows").click();
  await expect(inputs(viewer)).toHaveCount(6);
  await viewer.getByRole("link", { name: "Largest drop" }).click();
  await expect(inputs(viewer).first()).toHaveText("Question 3");
  await viewer.getByRole("link", { name: "Differences only" }).click();
  await expect(viewer).toHaveURL(project.page("experiments/before/compare?with=after&differences=1&sort=drop"));
  // The address is the link to share.
  await viewer.reload();
  await hydrated(viewer);
  await expect(inputs(viewer).first()).toHaveText("Question 3");

  // A row opens its trace on either side.
  await side(viewer, "Question 3", "after").getByRole("link", { name: /^Open trace/ }).click();
  await expect(trace(viewer)).toBeVisible();
  await expect(field(viewer, "Output")).toContainText("It is green.");
  await viewer.goBack();
  await side(viewer, "Question 3", "before").getByRole("link", { name: /^Open trace/ }).click();
  await expect(field(viewer, "Output")).toContainText("It is red.");
});

test("others are added, left out, and made the base", async ({ installation, project, viewer }) => {
  await two(installation, project);
  await experiment(installation, project, "empty / 100 %", {});
  await open(viewer, project.page("experiments/before/compare?with=after"));
  await viewer.getByRole("combobox", { name: "Compare another" }).selectOption("empty / 100 %");
  await expect(ran(viewer, "empty / 100 %")).toContainText("0 of 6");
  await expect(score(viewer, "exact")).toContainText("too few to say");
  await hydrated(viewer);
  await viewer.getByRole("combobox", { name: "Base" }).selectOption("after");
  await expect(ran(viewer, "after")).toContainText("base");
  await expect(viewer).toHaveURL(/experiments\/after\/compare\?with=before&with=empty/);
  // What is better one way is worse the other way.
  await expect(score(viewer, "exact")).toContainText("−187.6 to +170.9");
  await hydrated(viewer);
  await viewer.getByRole("link", { name: "Leave out empty / 100 %" }).click();
  await expect(ran(viewer, "empty / 100 %")).toHaveCount(0);
  await hydrated(viewer);
  await viewer.getByRole("link", { name: "Leave out before" }).click();
  await expect(viewer.getByText("Choose an experiment to compare with this one.")).toBeVisible();
});

test("it is new again when somebody answers", async ({ installation, project, reviewer }) => {
  await installation.slider(project, "Preference");
  const { before, after } = await two(installation, project);
  await open(reviewer, project.page("experiments/before/compare?with=after"));
  await expect(score(reviewer, "Preference")).toHaveCount(0);
  for (const [id, name, value] of [[before, "before", 0.25], [after, "after", 0.75]] as const) {
    for (const number of [2, 3]) {
      await installation.call("PUT", "/v1/answer", { object_type: "experiment", object_id: id, id: `${name}-${number}-0`, question: "Preference", value });
    }
  }
  await expect(score(reviewer, "Preference")).toContainText("+50.0 points");
  await expect(side(reviewer, "Question 2", "after")).toContainText("Preference");
  // The strip of the experiment says the same, and stays true while it is open.
  await open(reviewer, project.page("experiments/after"));
  const against = reviewer.getByRole("region", { name: "Against the base" });
  await expect(against.getByRole("group", { name: "Preference" })).toContainText("+50.0 points");
  await expect(card(reviewer, "Preference")).toContainText("+50.0 against before");
  await installation.call("PUT", "/v1/answer", { object_type: "experiment", object_id: after, id: "after-2-0", question: "Preference", value: 0.25 });
  await expect(against.getByRole("group", { name: "Preference" })).toContainText("no clear change");
  await against.getByRole("link", { name: "1 improved, after, Preference" }).click();
  await expect(inputs(reviewer)).toHaveText(["Question 3"]);
});

test("what cannot be compared is said", async ({ installation, project, viewer, watch }) => {
  watch.allow(/status of 40[04]/);
  await two(installation, project);
  for (const [address, words] of [
    ["before/compare?with=before", "\"before\" cannot be compared with itself. Choose another experiment."],
    ["before/compare?with=none", "experiment \"none\" in this project"],
    ["none/compare?with=before", "experiment \"none\" in this project"],
    ["before/compare?with=a&with=b&with=c&with=d&with=e", "Compare at most 5 experiments at once; these are 6."],
    ["before/compare?with=after&show=failed&in=other", "\"other\" is not among the experiments that are compared."],
  ] as const) {
    await open(viewer, project.page(`experiments/${address}`));
    await expect(viewer.getByRole("alert")).toContainText(words);
  }
  await open(viewer, project.page("experiments/before/compare?with=after&show=unchanged&score=exact&in=after"));
  await expect(viewer.getByText("No row is like that.")).toBeVisible();
  await viewer.getByRole("link", { name: "Show all rows" }).last().click();
  await expect(inputs(viewer)).toHaveCount(6);
});

test("it fits every window, the keyboard walks its rows, and axe finds nothing", async ({ installation, project, viewer }) => {
  await two(installation, project);
  await open(viewer, project.page("experiments/before/compare?with=after"));
  await viewer.keyboard.press("j");
  await viewer.keyboard.press("j");
  await expect(viewer.locator(".sides tbody tr").nth(1).getByRole("link").first()).toBeFocused();
  await viewer.keyboard.press("k");
  await expect(viewer.locator(".sides tbody tr").nth(0).getByRole("link").first()).toBeFocused();
  expect((await new AxeBuilder({ page: viewer }).analyze()).violations).toEqual([]);
  for (const width of [320, 390, 1024, 1440, 2560]) {
    await viewer.setViewportSize({ width, height: 800 });
    expect(await viewer.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${width} px`).toBe(true);
    await expect(side(viewer, "Question 1", "after").locator("ins")).toBeVisible();
  }
});
