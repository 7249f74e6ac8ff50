// The tree of the open trace: names at any depth, what stands beside them, walking it by keys, and its room.

import { expect, open, test, type Page } from "../support/fixtures.js";
import { tree } from "../support/pages.js";
import { child, root } from "../support/rows.mjs";

const heading = (page: Page) => page.getByRole("region", { name: /^Span/ }).getByRole("heading", { level: 3 }).first();
const link = (page: Page, name: string) => tree(page).getByRole("link", { name: new RegExp(`${name}\\b`) });

/** Spans below each other, the first one at the top. */
function nested(project: string, depth: number, fields: (depth: number) => object): Record<string, any>[] {
  const spans = [root(project, { name: "level 0", ...fields(0) })];
  for (let level = 1; level <= depth; level += 1) spans.push(child(spans[level - 1]!, { name: `level ${level}`, ...fields(level) }));
  return spans;
}

test("names can be read at any depth, however long they are", async ({ installation, project, reviewer: page }) => {
  const spans = nested(project.id, 30, (level) => (level % 10 === 5 ? { name: `level ${level} ${"x".repeat(400)}` } : {}));
  await installation.sendTraces(spans);
  await open(page, project.page(`logs?r=${spans[0]!.root_span_id}`));
  for (const [width, least] of [[1440, 60], [1024, 50], [390, 120]] as const) {
    await page.setViewportSize({ width, height: 900 });
    const rooms = await tree(page).locator("li .name").evaluateAll((names) => names.map((name) => Math.round(name.getBoundingClientRect().width)));
    expect(rooms).toHaveLength(31);
    expect(Math.min(...rooms), `${width} px: ${rooms}`).toBeGreaterThanOrEqual(least);
    expect(await tree(page).evaluate((element) => element.scrollWidth <= element.clientWidth)).toBe(true);
  }
  await expect(link(page, "level 30")).toContainText("30level 30");
  // The span that one reads is in view from the start.
  await open(page, project.page(`logs?r=${spans[0]!.root_span_id}&read=${spans[30]!.span_id}`));
  await expect(link(page, "level 30")).toBeInViewport();
});

test("scores, errors and tokens stand beside the spans that have them", async ({ installation, project, reviewer: page }) => {
  const top = root(project.id, { name: "answer_ticket" });
  const draft = child(top, { name: "draft", metrics: { start: 1, end: 2, tokens: 1204 }, scores: { Factuality: 0.91, Tone: 0.5 } });
  const failed = child(top, { name: "look_up_order", error: "timeout" });
  await installation.sendTraces([top, draft, failed]);
  await open(page, project.page(`logs?r=${top.root_span_id}`));
  await expect(link(page, "draft")).toContainText(/Factuality\s+91\s%/);
  await expect(link(page, "draft").getByTitle("llm: draft · 1,204 tokens · Factuality 91 %, Tone 50 %")).toBeVisible();
  await expect(link(page, "look_up_order")).toContainText("has an error");
  await expect(link(page, "draft")).not.toContainText("has an error");
  const head = page.getByRole("article").locator("header").first();
  await expect(head).toContainText("1 error");
  await expect(head).toContainText("1,204 tokens");
});

test("keys walk the tree, from it and from anywhere", async ({ installation, project, reviewer: page }) => {
  const spans = nested(project.id, 3, () => ({}));
  await installation.sendTraces(spans);
  await open(page, project.page(`logs?r=${spans[0]!.root_span_id}`));
  await expect(heading(page)).toHaveText("level 0");
  for (const [key, name] of [["Shift+J", "level 1"], ["Shift+J", "level 2"], ["Shift+K", "level 1"], ["Shift+J", "level 2"]] as const) {
    await page.keyboard.press(key);
    await expect(heading(page)).toHaveText(name);
  }
  await link(page, "level 3").click();
  await expect(heading(page)).toHaveText("level 3");
  for (const [key, name] of [["ArrowLeft", "level 2"], ["ArrowUp", "level 1"], ["End", "level 3"], ["Home", "level 0"]] as const) {
    await page.keyboard.press(key);
    await expect(heading(page)).toHaveText(name);
    await expect(link(page, name)).toBeFocused();
  }
});

test("the tree is as wide as one made it, and away where one does not need it", async ({ installation, project, reviewer: page }) => {
  const spans = nested(project.id, 8, () => ({}));
  await installation.sendTraces(spans);
  await page.setViewportSize({ width: 1440, height: 900 });
  await open(page, project.page(`logs?r=${spans[0]!.root_span_id}`));
  const width = () => tree(page).evaluate((element) => Math.round(element.getBoundingClientRect().width));
  const edge = page.getByRole("separator", { name: "Width of the spans" });
  expect(await width()).toBe(208);
  const { x, y } = (await edge.boundingBox())!;
  await page.mouse.move(x + 4, y + 200);
  await page.mouse.down();
  await page.mouse.move(x + 130, y + 220, { steps: 5 });
  await page.mouse.up();
  await expect.poll(width).toBe(328);
  await page.keyboard.press("<");
  await expect.poll(width).toBe(304);
  await edge.focus();
  await page.keyboard.press("ArrowRight");
  await expect.poll(width).toBe(328);
  await expect(edge).toHaveAttribute("aria-valuenow", "328");
  await page.reload();
  await expect.poll(width).toBe(328);
  await page.keyboard.press("Shift+S");
  await expect(tree(page)).toBeHidden();
  await page.reload();
  await expect(page.getByRole("button", { name: "Show spans" })).toBeVisible();
  await expect(tree(page)).toBeHidden();
  await page.getByRole("button", { name: "Show spans" }).click();
  await expect(tree(page)).toBeVisible();
  await expect(link(page, "level 8")).toBeVisible();
});
