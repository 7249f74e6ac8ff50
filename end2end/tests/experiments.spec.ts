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
  await expect(card(viewer, "exact")).toContainText("+25.0");
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
