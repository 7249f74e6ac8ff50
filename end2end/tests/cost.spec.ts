// What models cost: beside tokens, in the tree and its head, in lists of rows and of experiments; nowhere where nobody sends it.

import { expect, open, test, type Page } from "../support/fixtures.js";
import { row, tree } from "../support/pages.js";
import { child, root } from "../support/rows.mjs";

const heads = (page: Page) => page.getByRole("columnheader");

test("the cost of a trace counts once what its spans repeat, in the list, the head and the tree", async ({ installation, project, reviewer: page }) => {
  const top = root(project.id, { name: "answer_ticket", metrics: { start: 1, end: 4, tokens: 30, estimated_cost: 0.9 } });
  const draft = child(top, { name: "draft", metrics: { start: 1, end: 2, tokens: 1204, estimated_cost: 0.0041 } });
  const guard = child(top, { name: "guard", metrics: { start: 2, end: 3, tokens: 96, estimated_cost: 0.00001 } });
  await installation.sendTraces([top, draft, guard]);
  await page.setViewportSize({ width: 1440, height: 900 });
  await open(page, project.page("logs"));
  await expect(heads(page).filter({ hasText: "Cost" })).toHaveText("Cost");
  await expect(row(page, top.id).getByRole("cell", { name: "$0.0041" })).toBeVisible();
  await row(page, top.id).getByRole("link", { name: "answer_ticket" }).click();
  await expect(page.getByRole("article").locator("header").first()).toContainText("$0.0041");
  // Where the tree has room it says it beside each span.
  for (let step = 0; step < 8; step += 1) await page.keyboard.press(">");
  await expect(tree(page).getByRole("link", { name: /draft/ }).getByText("$0.0041")).toBeVisible();
  await expect(tree(page).getByRole("link", { name: /guard/ }).getByText("<$0.0001")).toBeVisible();
  await expect(tree(page).getByTitle("llm: draft · 1,204 tokens · $0.0041")).toBeVisible();
});

test("where nobody sends a cost no column speaks of it", async ({ installation, project, reviewer: page }) => {
  const free = root(project.id, { name: "free" });
  await installation.sendTraces([free]);
  await open(page, project.page("logs"));
  await expect(row(page, free.id)).toBeVisible();
  await expect(heads(page)).toHaveText(["Name", "Input", "Output", "Tags", "Duration", "Tokens", "Created"]);
  // As soon as one has a cost, the column is there.
  await installation.sendTraces([root(project.id, { name: "paid", metrics: { start: 1, end: 2, estimated_cost: 1.25 } })]);
  await expect(heads(page)).toHaveText(["Name", "Input", "Output", "Tags", "Duration", "Tokens", "Cost", "Created"]);
  await expect(page.getByRole("cell", { name: "$1.25" })).toBeVisible();
});

test("experiments say what a row costs", async ({ installation, project, viewer: page }) => {
  const register = async (name: string) => (await installation.call("POST", "/v1/experiment", { project_id: project.id, name })).id;
  const [dear, free] = [await register("dear"), await register("free")];
  const costs = [0.002, 0.004];
  await installation.sendTraces(costs.map((cost, number) => ({ id: `d${number}`, experiment_id: dear, span_id: `d${number}`, root_span_id: `d${number}`, input: number, metrics: { start: 1, end: 2, estimated_cost: cost } })));
  await installation.sendTraces([{ id: "f", experiment_id: free, span_id: "f", root_span_id: "f", input: 1 }]);
  await open(page, project.page("experiments"));
  await expect(heads(page).filter({ hasText: "Cost" })).toHaveText("Cost");
  await expect(page.getByRole("row", { name: /dear/ }).getByRole("cell", { name: "$0.0030" })).toBeVisible();
  await expect(page.getByRole("row", { name: /free/ })).not.toContainText("$");
  await page.setViewportSize({ width: 390, height: 844 });
  await expect(page.getByRole("row", { name: /dear/ }).getByText("$0.0030")).toBeInViewport({ ratio: 1 });
});
