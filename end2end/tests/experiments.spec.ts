import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, open, test, type Project } from "../support/fixtures.js";
import type { Installation } from "../support/fixtures.js";
import { card, expectCard, field, hydrated, row, rows, trace } from "../support/pages.js";

/** The rows of one case as SDKs log it: the score is on a span of its own. */
function evaluated(experiment: string, number: number, score: number) {
  const root = `case-${number}`;
  return [
    { id: root, experiment_id: experiment, span_id: root, root_span_id: root, input: `Question ${number}`, output: `Answer ${number}`, expected: "Answer", span_attributes: { name: "eval", type: "eval" } },
    { id: `${root}-s`, experiment_id: experiment, span_id: `${root}-s`, root_span_id: root, span_parents: [root], scores: { exact: score }, span_attributes: { name: "exact", type: "score" } },
  ];
}

async function experiment(installation: Installation, project: Project, name: string): Promise<string> {
  return (await installation.call("POST", "/v1/experiment", { project_id: project.id, name })).id;
}

test("an experiment grows while its page is open, its summary too", async ({ installation, project, viewer }) => {
  const id = await experiment(installation, project, "first / 50 %");
  await open(viewer, project.page("experiments"));
  await expect(viewer.getByRole("heading", { name: "Experiments", level: 1 })).toBeVisible();
  await viewer.getByRole("link", { name: "first / 50 %" }).click();
  await expect(viewer.getByRole("heading", { name: "first / 50 %", level: 1 })).toBeVisible();
  await expect(viewer.getByText("Nothing is here yet")).toBeVisible();

  await installation.sendTraces(evaluated(id, 1, 1));
  await expect(row(viewer, "case-1")).toContainText("Question 1");
  await expectCard(viewer, "exact", "100.0", 1);
  await installation.sendTraces(evaluated(id, 2, 0.5));
  await expect(rows(viewer)).toHaveCount(2);
  await expectCard(viewer, "exact", "75.0", 2);

  await row(viewer, "case-2").locator("td").nth(1).click();
  await expect(trace(viewer)).toBeVisible();
  await expect(field(viewer, "Expected")).toContainText("Answer");
  await viewer.reload();
  await hydrated(viewer);
  await expect(field(viewer, "Output")).toContainText("Answer 2");
  await viewer.keyboard.press("Escape");
  await expect(row(viewer, "case-1")).toBeVisible();
});

test("a row tells what its scorers said and why, and leads to their spans", async ({ installation, project, viewer }) => {
  const id = await experiment(installation, project, "judged");
  const [whole, scorer] = evaluated(id, 1, 0.5);
  await installation.sendTraces([whole, { ...scorer, metadata: { rationale: "It names the wrong <b>year</b>." } }]);
  await open(viewer, project.page("experiments/judged?r=case-1"));
  await hydrated(viewer);
  const scores = trace(viewer).getByRole("region", { name: "Scores" });
  await expect(scores).toContainText("50 %");
  await expect(scores.getByText("It names the wrong <b>year</b>.")).toBeVisible();
  await scores.getByRole("link", { name: "exact" }).press("Enter");
  await expect(trace(viewer).getByRole("region", { name: "Span exact" })).toBeVisible();
  await expect(viewer).toHaveURL(/[?&]read=case-1-s/);
});

test("Eval() fills the page of its experiment while it is open", async ({ installation, project, viewer }) => {
  const environment = { BRAINTRUST_API_URL: installation.origin, BRAINTRUST_APP_URL: installation.origin, BRAINTRUST_API_KEY: installation.key };
  const program = spawn(process.execPath, [fileURLToPath(new URL("../sdk/evaluate_slowly.mjs", import.meta.url)), project.name], {
    env: { ...process.env, ...environment },
    stdio: ["pipe", "pipe", "inherit"],
  });
  let said = "";
  program.stdout.on("data", (text) => (said += text));
  const ended = new Promise((resolve) => program.once("close", resolve));
  try {
    await expect.poll(() => said, { timeout: 30_000 }).toContain("case 0 waits");
    await open(viewer, project.page("experiments/slow"));
    await expect(viewer.getByRole("heading", { name: "slow", level: 1 })).toBeVisible();
    // Each line lets one case go on.
    for (const [number, mean] of [[1, "100.0"], [2, "50.0"], [3, "66.7"]] as const) {
      program.stdin.write("\n");
      await expectCard(viewer, "exact", mean, number);
    }
    expect(await ended).toBe(0);
    await expect(rows(viewer)).toHaveCount(3);
  } finally {
    program.kill();
  }
});

test("the summary says how it changed against the base", async ({ installation, project, viewer }) => {
  const base = await experiment(installation, project, "base");
  await installation.sendTraces(evaluated(base, 1, 0.5));
  await expect.poll(async () => (await installation.call("GET", `/v1/experiment/${base}/summarize?summarize_scores=true`)).scores.exact.score).toBe(0.5);
  const better = await experiment(installation, project, "better");
  await installation.sendTraces(evaluated(better, 1, 0.75));
  await open(viewer, project.page("experiments/better"));
  await expect(card(viewer, "exact")).toContainText("+25.0 against base");
  await expect(card(viewer, "exact").getByRole("link", { name: "base" })).toHaveAttribute("href", project.page("experiments/base"));
  // It stays true while the page is open.
  await installation.sendTraces(evaluated(better, 2, 0.25));
  await expectCard(viewer, "exact", "50.0", 2);
  await expect(card(viewer, "exact")).not.toContainText("+25.0");
});

test("a person's answer is in the experiment's summary", async ({ installation, project, reviewer }) => {
  await installation.slider(project, "Preference");
  const id = await experiment(installation, project, "judged");
  await installation.sendTraces(evaluated(id, 1, 1));
  await installation.call("PUT", "/v1/answer", { object_type: "experiment", object_id: id, id: "case-1", question: "Preference", value: 0.25 });
  await open(reviewer, project.page("experiments/judged"));
  await expectCard(reviewer, "Preference", "25.0", 1);
  // The list of experiments has the means.
  await reviewer.getByRole("link", { name: "All experiments" }).click();
  await expect(reviewer.getByRole("row", { name: /judged/ })).toContainText("25 %");
});

test("a dataset shows its cases", async ({ installation, project, viewer }) => {
  const { id } = await installation.call("POST", "/v1/dataset", { project_id: project.id, name: "golden" });
  await installation.call("POST", `/v1/dataset/${id}/insert`, { events: [{ id: "c1", input: "How high is it?", expected: "1200 m" }] });
  await open(viewer, project.page("datasets"));
  await viewer.getByRole("link", { name: "golden" }).click();
  await row(viewer, "c1").locator("td").nth(1).click();
  await expect(field(viewer, "Expected")).toContainText("1200 m");
  await expect(viewer.getByRole("region", { name: "Human review" })).toContainText("Nothing is asked about rows of a dataset yet.");
});

test("rows of an experiment say what was expected, and count errors", async ({ installation, project, viewer }) => {
  const id = await experiment(installation, project, "told");
  const [root, scorer] = evaluated(id, 1, 1);
  await installation.sendTraces([root, { ...scorer, error: "Out of order." }, ...evaluated(id, 2, 0.9988)]);
  await open(viewer, project.page("experiments/told"));
  const heads = viewer.getByRole("columnheader");
  await expect(heads).toHaveText(["Input", "Expected", "Output", "exact", "Tags", "Errors", "Duration", "Tokens", "Created"]);
  const cells = (name: string) => row(viewer, name).getByRole("cell");
  await expect(cells("case-1").nth(1)).toHaveText("Answer");
  await expect(cells("case-1").nth(5)).toHaveText("1");
  await expect(cells("case-2").nth(3)).toContainText("99.9 %");
  await expect(viewer.getByRole("search")).toContainText("2 rows");
  // What arrives while one looks says it too.
  await installation.sendTraces([{ ...evaluated(id, 3, 1)[0], expected: "Another answer" }]);
  await expect(cells("case-3").nth(1)).toHaveText("Another answer");
});

test("rows of a dataset are cases: no output, no names", async ({ installation, project, viewer }) => {
  const log = { id: "source-log", project_id: project.id, log_id: "g", span_id: "source", root_span_id: "source", input: "How high is it?", output: "High." };
  await installation.sendTraces([log]);
  const { id } = await installation.call("POST", "/v1/dataset", { project_id: project.id, name: "golden" });
  const origin = { object_type: "project_logs", object_id: project.id, id: "source-log" };
  const events = [
    { id: "c1", input: "How high is it?", expected: "1200 m", metadata: { lang: "en", channel: "chat" }, tags: ["height"], origin },
    { id: "c2", input: { question: "How deep?" }, expected: "80 m" },
  ];
  await installation.call("POST", `/v1/dataset/${id}/insert`, { events });
  await open(viewer, project.page("datasets/golden"));
  await expect(viewer.getByRole("columnheader")).toHaveText(["Input", "Expected", "Metadata", "Tags", "Origin", "Created"]);
  await expect(viewer.getByRole("search")).toContainText("2 rows");
  await expect(viewer.getByRole("main")).not.toContainText("unnamed");
  for (const words of ["How high is it?", "1200 m", "lang: en", "channel: chat", "height"]) await expect(row(viewer, "c1")).toContainText(words);
  await expect(row(viewer, "c2").getByRole("link", { name: "How deep?" })).toBeVisible();
  // The open row is a row, and says where it is from.
  await row(viewer, "c1").getByRole("link", { name: "How high is it?" }).click();
  await expect(trace(viewer).getByRole("heading", { name: "How high is it?", level: 3 })).toBeVisible();
  await trace(viewer).getByRole("link", { name: "Logs source-l" }).click();
  await expect(field(viewer, "Output")).toContainText("High.");
});

test("an experiment is compared with another one, described, renamed and deleted", async ({ installation, project, engineer, watch }) => {
  watch.allow(/status of 400|status of 404 .*fn\/logs\/open/);
  for (const [name, score] of [["first", 0.5], ["second", 0.25], ["third", 0.75]] as const) {
    const id = await experiment(installation, project, name);
    await installation.sendTraces(evaluated(id, 1, score).map((row) => ({ ...row, id: `${name}-${row.id}` })));
  }
  await open(engineer, project.page("experiments/third"));
  await expect(card(engineer, "exact")).toContainText("+50.0 against second");
  await engineer.getByRole("combobox", { name: "Compared with" }).selectOption("first");
  await expect(card(engineer, "exact")).toContainText("+25.0 against first");

  const dialog = (name: string) => engineer.getByRole("dialog", { name });
  await engineer.getByRole("button", { name: "Edit experiment" }).click();
  await dialog("Edit experiment").getByLabel("Description").fill("shorter prompt");
  await dialog("Edit experiment").getByRole("button", { name: "Save" }).click();
  await expect(engineer.getByText("shorter prompt")).toBeVisible();
  await engineer.getByRole("button", { name: "Edit experiment" }).click();
  await dialog("Edit experiment").getByLabel("Name").fill("second");
  await dialog("Edit experiment").getByRole("button", { name: "Save" }).click();
  await expect(dialog("Edit experiment")).toContainText("has this name already");
  await dialog("Edit experiment").getByLabel("Name").fill("final / 100 %");
  await dialog("Edit experiment").getByRole("button", { name: "Save" }).click();
  await expect(engineer.getByRole("heading", { name: "final / 100 %", level: 1 })).toBeVisible();
  await expect(card(engineer, "exact")).toContainText("+25.0 against first");
  // An address with a percent sign is a page of its own to the browser; a click before it is alive would load yet another one.
  await hydrated(engineer);

  await engineer.getByRole("link", { name: "All experiments" }).click();
  const listed = engineer.getByRole("row", { name: /final/ });
  for (const words of ["shorter prompt", "first", "75 %", "+25.0"]) await expect(listed).toContainText(words);
  // The newest is the first.
  for (const key of ["j", "ArrowDown", "k"]) await engineer.keyboard.press(key);
  await expect(listed.getByRole("link", { name: "final / 100 %" })).toBeFocused();
  await engineer.keyboard.press("Enter");
  await expect(engineer.getByRole("heading", { name: "final / 100 %", level: 1 })).toBeVisible();
  await hydrated(engineer);

  await engineer.getByRole("button", { name: "Delete experiment" }).click();
  await dialog("Delete experiment").getByRole("button", { name: "Delete", exact: true }).click();
  await expect(engineer.getByRole("heading", { name: "Experiments", level: 1 })).toBeVisible();
  await expect(engineer.getByRole("row", { name: /^second/ })).toBeVisible();
  await expect(engineer.getByRole("link", { name: "final / 100 %" })).toHaveCount(0);
});

test("who only looks is offered no change of an experiment", async ({ installation, project, viewer }) => {
  for (const name of ["before", "after"]) await experiment(installation, project, name);
  await open(viewer, project.page("experiments/after"));
  await expect(viewer.getByText("against before")).toBeVisible();
  for (const name of ["Edit experiment", "Delete experiment"]) await expect(viewer.getByRole("button", { name })).toHaveCount(0);
});

test("five scores never lie over one another, however wide the window is", async ({ installation, project, viewer }) => {
  const scores = (value: number) => Object.fromEntries(["Factuality", "Helpfulness", "Politeness of the answer", "Relevance", "Tone"].map((name) => [name, value]));
  for (const [name, value] of [["the base of all", 0.25], ["now", 1]] as const) {
    const id = await experiment(installation, project, name);
    await installation.sendTraces([{ id: name, experiment_id: id, span_id: name, root_span_id: name, input: "?", output: "!", scores: scores(value) }]);
  }
  await open(viewer, project.page("experiments/now"));
  await expect(card(viewer, "Tone")).toContainText("+75.0");
  for (const width of [320, 390, 721, 1024, 1280, 1440, 1920, 2560]) {
    await viewer.setViewportSize({ width, height: 800 });
    const faults = await viewer.evaluate(() => {
      const overlaps = (one: DOMRect, other: DOMRect) => one.left < other.right - 0.5 && other.left < one.right - 0.5 && one.top < other.bottom - 0.5 && other.top < one.bottom - 0.5;
      const strip = document.querySelector(".summary")!;
      const faults = document.documentElement.scrollWidth > innerWidth ? ["the page is wider than the window"] : [];
      for (const card of strip.querySelectorAll(".card-score")) {
        const parts = [...card.querySelectorAll(".name, .fig, .plot, .against")];
        const clipped = parts.filter((part) => part.matches(".fig") && part.scrollWidth > part.clientWidth + 1).map((part) => `${part.textContent} is cut`);
        const over = parts.flatMap((one, place) => parts.slice(place + 1).filter((other) => overlaps(one.getBoundingClientRect(), other.getBoundingClientRect())).map((other) => `${one.className} lies over ${other.className}`));
        faults.push(...clipped, ...over);
      }
      return faults;
    });
    expect(faults, `${width} px`).toEqual([]);
  }
});

test("on a phone experiments show their results", async ({ installation, project, viewer }) => {
  const id = await experiment(installation, project, "small");
  await installation.sendTraces(evaluated(id, 1, 0.5));
  await viewer.setViewportSize({ width: 390, height: 844 });
  await open(viewer, project.page("experiments"));
  const listed = viewer.getByRole("row", { name: /small/ });
  await expect(listed.getByText("50 %")).toBeInViewport({ ratio: 1 });
  await expect(listed.getByRole("link", { name: "small" })).toBeInViewport({ ratio: 1 });
  await listed.getByRole("link", { name: "small" }).click();
  await expect(row(viewer, "case-1").getByText("Question 1")).toBeInViewport({ ratio: 1 });
  await expect(row(viewer, "case-1").getByText("Answer 1")).toBeInViewport({ ratio: 1 });
});

test("logs, experiments and datasets do not mix", async ({ installation, project, viewer }) => {
  const id = await experiment(installation, project, "apart");
  await open(viewer, project.page("logs"));
  await installation.sendTraces(evaluated(id, 1, 1));
  await installation.sendTraces([{ id: "log", project_id: project.id, log_id: "g", span_id: "log", root_span_id: "log", input: "A request", output: "An answer" }]);
  await expect(row(viewer, "log")).toBeVisible();
  await expect(rows(viewer)).toHaveCount(1);
  await expect(card(viewer, "exact")).toHaveCount(0);
});

test("an experiment that is not there says so", async ({ project, viewer, watch }) => {
  watch.allow(/status of 404/);
  await open(viewer, project.page("experiments/none"));
  await expect(viewer.getByRole("heading", { name: "Not found" })).toBeVisible();
});
