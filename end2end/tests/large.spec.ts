import { expect, open, test, type Page } from "../support/fixtures.js";
import { field, tree } from "../support/pages.js";
import { child, root } from "../support/rows.mjs";

/** A page stays light, however much it shows. */
const MOST_ELEMENTS = 5_000;
const elements = (page: Page) => page.evaluate(() => document.querySelectorAll("*").length);

/** A trace of many spans: steps with a call below each, in the order of their names. */
function many(project: string, count: number) {
  const top = root(project, { name: "span 0" });
  const spans = [top];
  for (let number = 1; number < count; number += 1) {
    const parent = number % 2 === 0 ? spans[number - 1]! : top;
    const created = new Date(Date.parse(top.created) + number);
    spans.push(child(top, { name: `span ${number}`, created, output: `Output ${number}`, span_parents: [parent.span_id] }));
  }
  return spans;
}

test("a trace of two thousand spans is walked by scrolling and by keyboard", async ({ installation, project, reviewer: page }) => {
  const spans = many(project.id, 2_000);
  await installation.sendTraces(spans);
  await open(page, project.page(`logs?r=${spans[0]!.root_span_id}`));
  const link = (number: number) => tree(page).getByRole("link", { name: new RegExp(`: ?span ${number}\\b`) });
  await expect(tree(page).getByRole("link").first()).toBeVisible();
  expect(await tree(page).getByRole("link").count()).toBeLessThan(300);
  expect(await elements(page)).toBeLessThan(MOST_ELEMENTS);

  // By scrolling.
  await tree(page).evaluate((element) => element.scrollTo(0, element.scrollHeight));
  await expect(link(1999)).toBeVisible();
  await link(1998).click();
  await expect(field(page, "Output")).toContainText("Output 1998");
  await expect(link(1998)).toHaveAttribute("aria-current", "true");
  const item = link(1998).locator("xpath=..");
  await expect(item).toHaveAttribute("aria-posinset", "1999");
  await expect(item).toHaveAttribute("aria-setsize", "2000");
  await expect(item).toHaveAttribute("aria-level", "3");

  // By keyboard, to both ends.
  await page.keyboard.press("Home");
  await expect(link(0)).toHaveAttribute("aria-current", "true");
  await expect(link(0)).toBeInViewport();
  await page.keyboard.press("End");
  await expect(link(1999)).toHaveAttribute("aria-current", "true");
  await page.keyboard.press("ArrowUp");
  await expect(link(1998)).toBeFocused();
  await expect(field(page, "Output")).toContainText("Output 1998");
  expect(await elements(page)).toBeLessThan(MOST_ELEMENTS);

  // A link to a span far down shows it in the tree.
  await open(page, project.page(`logs?r=${spans[0]!.root_span_id}&s=${spans[1200]!.span_id}`));
  await expect(link(1200)).toBeInViewport();
  await expect(field(page, "Output")).toContainText("Output 1200");
});

test("an output of ten megabytes is read on piece by piece", async ({ installation, project, reviewer: page }) => {
  const lines = Array.from({ length: 200_000 }, (_, number) => `line ${number} of an output that does not end soon, "quoted"`);
  const sent = root(project.id, { output: lines.join("\n") });
  expect(sent.output.length).toBeGreaterThan(10_000_000);
  await installation.sendTraces([sent]);
  await open(page, project.page(`logs?r=${sent.root_span_id}`));
  const output = field(page, "Output");
  await expect(output).toContainText("line 0 of an output");
  const length = async () => (await output.innerText()).length;
  expect(await length()).toBeLessThan(100_000);
  const more = output.getByRole("button", { name: "Show more" });
  await more.click();
  await expect(output).toContainText("line 1000 of an output");
  await more.click();
  await expect(output).toContainText("line 2000 of an output");
  const piece = output.locator("pre").last();
  expect(await piece.evaluate((element) => element.textContent?.length ?? 0)).toBeLessThan(70_000);
  // Two pieces follow each other without a gap.
  const [first, second] = await output.locator("pre").allTextContents();
  expect(lines.join("\n").startsWith(first! + second!)).toBe(true);
  expect(await elements(page)).toBeLessThan(MOST_ELEMENTS);
});

test("a value of some size is shown as a whole", async ({ installation, project, reviewer: page }) => {
  const sent = root(project.id, { output: `${"word ".repeat(20_000)}the end` });
  await installation.sendTraces([sent]);
  await open(page, project.page(`logs?r=${sent.root_span_id}`));
  const output = field(page, "Output");
  await expect(output).not.toContainText("the end");
  await output.getByRole("button", { name: /^Show all/ }).click();
  await expect(output).toContainText("the end");
});
