// Lists keep their place: what one scrolled to, where the cursor is, and what stands under the pointer.

import { expect, open, test, type Page } from "../support/fixtures.js";
import { nameOf, numbered } from "../support/landing.js";
import { hydrated, row, rows, trace } from "../support/pages.js";
import { root } from "../support/rows.mjs";

const table = (page: Page) => page.getByRole("region", { name: "Traces" });
const link = (page: Page, id: string) => row(page, id).getByRole("link");
const side = (page: Page) => page.getByRole("navigation", { name: "Traces in this view" });
const top = (page: Page) => table(page).evaluate((element) => element.scrollTop);
const isLoaded = (page: Page, count: number) => expect.poll(() => table(page).evaluate((element) => element.scrollHeight)).toBeGreaterThan(count * 28);

/** The height at which a row stands in the window. */
const heightOf = async (page: Page, id: string) => (await row(page, id).boundingBox())?.y;

async function scrollTo(page: Page, place: number): Promise<void> {
  await table(page).evaluate((element, place) => void (element.scrollTop = place * 28), place);
  await expect.poll(() => page.evaluate(() => history.state as string | null)).toContain(" 0/");
}

test("Escape, Back, Forward and a reload lead to where one was", async ({ installation, project, viewer }) => {
  const sent = await numbered(installation, project, 300);
  const { id } = sent[210];
  await open(viewer, project.page("logs"));
  await isLoaded(viewer, 300);
  await scrollTo(viewer, 200);
  const before = await heightOf(viewer, id);

  await link(viewer, id).click();
  await expect(trace(viewer)).toContainText(nameOf(211));
  await viewer.keyboard.press("Escape");
  await expect(link(viewer, id)).toBeFocused();
  expect(await heightOf(viewer, id)).toBe(before);

  await viewer.keyboard.press("j");
  await expect(link(viewer, sent[211].id)).toBeFocused();
  await viewer.keyboard.press("Enter");
  await expect(trace(viewer)).toContainText(nameOf(212));
  await viewer.goBack();
  await expect(link(viewer, sent[211].id)).toBeFocused();
  expect(await heightOf(viewer, id)).toBe(before);
  await viewer.goForward();
  await expect(trace(viewer)).toContainText(nameOf(212));
  // From a trace that one loaded again, too.
  await viewer.reload();
  await hydrated(viewer);
  await viewer.keyboard.press("Escape");
  await expect(link(viewer, sent[211].id)).toBeFocused();
  await expect(link(viewer, sent[211].id)).toBeInViewport({ ratio: 1 });

  await viewer.goBack();
  await viewer.goBack();
  await expect(row(viewer, id)).toBeInViewport({ ratio: 1 });
  await expect.poll(() => viewer.evaluate(() => history.state as string | null)).toContain("/");
  await viewer.reload();
  await expect(row(viewer, id)).toBeInViewport({ ratio: 1 });
  await hydrated(viewer);
  await viewer.getByRole("navigation", { name: "Main", exact: true }).getByRole("link", { name: "Configuration" }).click();
  await expect(viewer.getByRole("heading", { name: "Human review scores" })).toBeVisible();
  await viewer.goBack();
  await expect(row(viewer, id)).toBeInViewport({ ratio: 1 });
});

test("what arrives while one is further down waits until one asks for it", async ({ installation, project, viewer }) => {
  const sent = await numbered(installation, project, 120);
  await open(viewer, project.page("logs"));
  await isLoaded(viewer, 120);
  await scrollTo(viewer, 60);
  const before = await top(viewer);
  const height = await heightOf(viewer, sent[65].id);
  const more = Array.from({ length: 3 }, (_, index) => root(project.id, { name: `later ${index}`, created: new Date(Date.now() + index) }));
  await installation.sendTraces(more);
  const waiting = viewer.getByRole("button", { name: "3 new" });
  await expect(waiting).toBeVisible();
  expect([await top(viewer), await heightOf(viewer, sent[65].id)]).toEqual([before, height]);
  // What arrives in between pushes nothing either.
  await installation.sendTraces([root(project.id, { name: "late", created: new Date(Date.now() - 30_500) })]);
  await expect.poll(() => table(viewer).getByRole("table").getAttribute("aria-rowcount")).toBe("125");
  await expect.poll(() => heightOf(viewer, sent[65].id)).toBe(height);
  await waiting.click();
  await expect(rows(viewer).first()).toContainText("later 2");
  await expect(waiting).toBeHidden();
  expect(await top(viewer)).toBe(0);
});

test("what stands under the pointer stays there", async ({ installation, project, viewer }) => {
  const sent = await numbered(installation, project, 5);
  await open(viewer, project.page("logs"));
  await row(viewer, sent[2].id).hover();
  const height = await heightOf(viewer, sent[2].id);
  const later = root(project.id, { name: "later" });
  await installation.sendTraces([later]);
  await expect(viewer.getByRole("button", { name: "1 new" })).toBeVisible();
  expect(await heightOf(viewer, sent[2].id)).toBe(height);
  await viewer.getByRole("textbox", { name: "Filter" }).hover();
  await expect(row(viewer, later.id)).toBeVisible();
});

test("keys go through the list from its first moment on", async ({ installation, project, viewer }) => {
  const sent = await numbered(installation, project, 90);
  await open(viewer, project.page("logs"));
  for (const key of ["j", "j", "ArrowDown", "k"]) await viewer.keyboard.press(key);
  await expect(link(viewer, sent[1].id)).toBeFocused();
  for (let step = 0; step < 60; step += 1) await viewer.keyboard.press("j");
  await expect(link(viewer, sent[61].id)).toBeFocused();
  await expect(row(viewer, sent[61].id)).toBeInViewport({ ratio: 1 });
  // The cursor stays where it is while one scrolls elsewhere.
  await table(viewer).evaluate((element) => void (element.scrollTop = 0));
  await expect(row(viewer, sent[0].id)).toBeInViewport();
  await viewer.keyboard.press("ArrowUp");
  await expect(link(viewer, sent[60].id)).toBeFocused();
  await viewer.keyboard.press("Enter");
  await expect(trace(viewer)).toContainText(nameOf(61));
});

test("the list beside a trace is the same list, to its end", async ({ installation, project, viewer }) => {
  const sent = await numbered(installation, project, 300);
  await open(viewer, project.page(`logs?r=${sent[120].root}`));
  const entry = (place: number) => side(viewer).locator(`a[href*="${sent[place].root}"]`);
  await expect(entry(120)).toBeInViewport({ ratio: 1 });
  await expect(entry(120)).toHaveAttribute("aria-current", "true");
  // It grows while one scrolls.
  await expect(async () => {
    await side(viewer).evaluate((element) => void (element.scrollTop = element.scrollHeight));
    await expect(entry(299)).toBeInViewport({ ratio: 1, timeout: 1_000 });
  }).toPass();
  expect(await side(viewer).getByRole("listitem").count()).toBeLessThan(80);
  await entry(299).click();
  await expect(trace(viewer)).toContainText(nameOf(300));
  for (let step = 0; step < 30; step += 1) await viewer.keyboard.press("k");
  await expect(entry(269)).toHaveAttribute("aria-current", "true");
  await expect(entry(269)).toBeInViewport({ ratio: 1 });
});
