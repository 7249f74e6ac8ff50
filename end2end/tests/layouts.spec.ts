// The open trace as a tree, on a timeline and as a conversation; which of them one chose is remembered.

import { expect, open, test, type Page } from "../support/fixtures.js";
import { tree } from "../support/pages.js";
import { batches, child, root } from "../support/rows.mjs";

const tab = (page: Page, name: string) => page.getByRole("tablist", { name: "Trace layout" }).getByRole("tab", { name });
const conversation = (page: Page) => page.getByRole("region", { name: "Conversation" });
const heading = (page: Page) => page.getByRole("region", { name: /^Span/ }).getByRole("heading", { level: 3 }).first();
const link = (page: Page, name: string) => tree(page).getByRole("link", { name: new RegExp(`${name}\\b`) });

/** A trace with a call of a tool, an error, and two calls of a model, the second of which repeats the first. */
function ticket(project: string): Record<string, any>[] {
  const question = { role: "user", content: "Where is **my parcel**?" };
  const call = { role: "assistant", content: null, tool_calls: [{ id: "c1", type: "function", function: { name: "look_up", arguments: '{"order":"FW-1"}' } }] };
  const image = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAMAAAAECAIAAADETxJQAAAAEElEQVR4nGP4z8AAQQx4WQD7LAv1/r+/OwAAAABJRU5ErkJggg==";
  const hebrew = { role: "user", content: [{ type: "text", text: "איפה החבילה שלי?" }, { type: "image_url", image_url: { url: image } }] };
  const top = root(project, { name: "answer_ticket", metrics: { start: 100, end: 104 } });
  return [
    top,
    child(top, { name: "plan", metrics: { start: 100, end: 101 }, input: [{ role: "system", content: "Be brief." }, question], output: [call] }),
    child(top, { name: "look_up", type: "tool", metrics: { start: 101, end: 102 }, input: { order: "FW-1" }, output: { carrier: "Otter Post" }, error: "It took a second try." }),
    child(top, { name: "draft", metrics: { start: 102, end: 104 }, input: [{ role: "system", content: "Be brief." }, question, call, { role: "tool", tool_call_id: "c1", content: '{"carrier":"Otter Post"}' }, hebrew], output: "On its way with **Otter Post**." }),
  ];
}

/** The bars of a timeline: their classes, and where they begin and end in hundredths. */
const bars = (page: Page) =>
  tree(page)
    .locator("svg.bar")
    .evaluateAll((all) => all.map((bar) => `${bar.getAttribute("class")} ${bar.firstElementChild?.getAttribute("x")} ${bar.firstElementChild?.getAttribute("width")}`));

test("a timeline shows when each span ran, and is walked like the tree", async ({ installation, project, reviewer: page }) => {
  const spans = ticket(project.id);
  await installation.sendTraces(spans);
  await open(page, project.page(`logs?r=${spans[0]!.root_span_id}`));
  await expect(tab(page, "Tree")).toHaveAttribute("aria-selected", "true");
  await tab(page, "Timeline").click();
  await expect(tab(page, "Timeline")).toHaveAttribute("aria-selected", "true");
  expect(await bars(page)).toEqual(["bar step 0.00% 100.00%", "bar model 0.00% 25.00%", "bar failed 25.00% 25.00%", "bar model 50.00% 50.00%"]);
  await expect(link(page, "look_up")).toContainText("has an error");
  await expect(tree(page).locator(".time-axis text")).toHaveText(["0 ms", "1.00 s", "2.00 s", "3.00 s", "4.00 s"]);
  await link(page, "draft").click();
  await expect(heading(page)).toHaveText("draft");
  await expect(link(page, "draft")).toHaveAttribute("aria-current", "true");
  for (const [key, name] of [["ArrowUp", "look_up"], ["Home", "answer_ticket"], ["End", "draft"], ["ArrowLeft", "answer_ticket"]] as const) {
    await page.keyboard.press(key);
    await expect(heading(page)).toHaveText(name);
    await expect(link(page, name)).toBeFocused();
  }
  // Above what one reads, and as wide.
  const [above, below] = [(await tree(page).boundingBox())!, (await page.getByRole("region", { name: /^Span/ }).boundingBox())!];
  expect(above.y + above.height).toBeLessThanOrEqual(below.y + 1);
  expect(Math.abs(above.width - below.width)).toBeLessThanOrEqual(2);
});

test("which layout one chose is remembered, and drawn before the page is alive", async ({ installation, project, reviewer: page }) => {
  const spans = ticket(project.id);
  await installation.sendTraces(spans);
  const address = project.page(`logs?r=${spans[0]!.root_span_id}`);
  await open(page, address);
  // By key from anywhere, and along the tabs.
  await page.keyboard.press("Shift+T");
  await expect(tab(page, "Timeline")).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Shift+T");
  await expect(conversation(page)).toBeVisible();
  await tab(page, "Conversation").focus();
  await page.keyboard.press("ArrowRight");
  await expect(tab(page, "Tree")).toBeFocused();
  await page.keyboard.press("ArrowLeft");
  await expect(tab(page, "Conversation")).toBeFocused();
  const html = await (await page.request.get(address)).text();
  expect(html).toContain("Otter Post");
  expect(html).toContain('aria-label="Conversation"');
  await page.reload();
  await expect(conversation(page)).toContainText("On its way");
  // What an address says counts for it, until one chooses.
  await open(page, `${address}&tvt=timeline`);
  await expect(tab(page, "Timeline")).toHaveAttribute("aria-selected", "true");
  await tab(page, "Tree").click();
  await expect(page).toHaveURL(new RegExp(`r=${spans[0]!.root_span_id}$`));
  await page.reload();
  await expect(tab(page, "Tree")).toHaveAttribute("aria-selected", "true");
});

test("a conversation says everything once, with what tools answered, and leads to the spans", async ({ installation, project, reviewer: page }) => {
  const spans = ticket(project.id);
  await installation.sendTraces(spans);
  await open(page, project.page(`logs?r=${spans[0]!.root_span_id}&tvt=thread`));
  const messages = conversation(page).getByRole("article");
  await expect(messages).toHaveCount(5);
  for (const [place, words] of [[0, /Be brief/], [1, /User.*my parcel/s], [2, /Assistant.*look_up.*asked.*FW-1.*got.*Otter Post/s], [3, /User.*איפה/s], [4, /Assistant.*On its way/s]] as const) {
    await expect(messages.nth(place)).toContainText(words);
  }
  await expect(messages.nth(1).locator("strong")).toHaveText("my parcel");
  // From right to left, and with its image.
  await expect(messages.nth(3).getByText("איפה")).toHaveCSS("direction", "rtl");
  await expect.poll(() => messages.nth(3).getByRole("img").evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBe(3);
  await expect(page.getByRole("region", { name: /^Span/ })).toBeHidden();
  await messages.nth(4).getByRole("link", { name: "draft" }).click();
  await expect(heading(page)).toHaveText("draft");
  await expect(page.getByRole("region", { name: /^Span/ })).toBeVisible();
});

test("a conversation goes on while its trace does, and from trace to trace", async ({ installation, project, reviewer: page }) => {
  const [first, second] = [root(project.id, { name: "older", created: new Date(Date.now() - 5000) }), root(project.id, { name: "newer" })];
  const said = (parent: Record<string, any>, words: string, moment: number) => child(parent, { name: words, metrics: { start: moment, end: moment + 1 }, input: `Ask ${words}`, output: `Say ${words}` });
  const now = Date.now() / 1000;
  await installation.sendTraces([first, said(first, "one", now - 5), second, said(second, "two", now)]);
  await open(page, project.page(`logs?r=${second.root_span_id}&tvt=thread`));
  await expect(conversation(page)).toContainText("Say two");
  await installation.sendTraces([said(second, "three", now + 30)]);
  await expect(conversation(page)).toContainText("Say three");
  await page.keyboard.press("j");
  await expect(conversation(page)).toContainText("Say one");
  await expect(conversation(page)).not.toContainText("Say two");
});

test("two thousand spans on a timeline draw only what is seen", async ({ installation, project, reviewer: page }) => {
  const top = root(project.id, { name: "top", metrics: { start: 1000, end: 3001 } });
  const spans = Array.from({ length: 1999 }, (_, number) => child(top, { name: `step ${number}`, type: "task", created: new Date(Date.parse(top.created) + number), metrics: { start: 1001 + number, end: 1002 + number } }));
  for (const rows of batches([top, ...spans], 500)) await installation.sendTraces(rows);
  await open(page, project.page(`logs?r=${top.root_span_id}&tvt=timeline`));
  await expect(link(page, "top")).toBeVisible();
  expect(await tree(page).getByRole("link").count()).toBeLessThan(80);
  await link(page, "top").focus();
  await page.keyboard.press("End");
  await expect(heading(page)).toHaveText("step 1998");
  await expect(link(page, "step 1998")).toBeInViewport();
  expect(await tree(page).getByRole("link").count()).toBeLessThan(80);
  expect((await bars(page)).at(-1)).toBe("bar step 99.50% 0.50%");
});

test("on a phone each layout has the room it needs", async ({ installation, project, reviewer: page }) => {
  const spans = ticket(project.id);
  await installation.sendTraces(spans);
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page, project.page(`logs?r=${spans[0]!.root_span_id}`));
  const fits = () => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
  await tab(page, "Timeline").click();
  await expect(link(page, "draft")).toBeInViewport();
  const narrowest = await tree(page).locator("svg.bar").evaluateAll((all) => Math.min(...all.map((bar) => bar.getBoundingClientRect().width)));
  expect(narrowest).toBeGreaterThan(100);
  expect(await fits()).toBe(true);
  await tab(page, "Conversation").click();
  await expect(conversation(page).getByText("my parcel")).toBeInViewport({ ratio: 1 });
  expect((await conversation(page).boundingBox())!.height).toBeGreaterThan(300);
  expect(await fits()).toBe(true);
  await conversation(page).getByRole("article").filter({ hasText: "On its way" }).getByRole("link", { name: "draft" }).click();
  await expect(heading(page)).toHaveText("draft");
  await expect(heading(page)).toBeInViewport();
});
