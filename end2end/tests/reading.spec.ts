// How a filtered list stays true: it is read again when something changed, one reading at a time, and keeps what it has.

import { expect, open, test, type Locator, type Page } from "../support/fixtures.js";
import { numbered } from "../support/landing.js";
import { row, rows as listed, trace } from "../support/pages.js";
import { many, root } from "../support/rows.mjs";

const FILTERED = `logs?filter=${encodeURIComponent("output = 'Paris.'")}`;

const old = (page: Page): Locator => page.getByRole("alert").filter({ hasText: "The list may be old" });
const counted = (page: Page, traces: number): Promise<void> => expect(page.getByRole("search", { name: "Filters" })).toContainText(`in ${traces} traces`);

test("one reading is on its way at a time, and the newest holds", async ({ installation, project, reviewer: page }) => {
  await installation.sendTraces([root(project.id), root(project.id)]);
  await open(page, project.page(FILTERED));
  let [now, most, asked] = [0, 0, 0];
  await page.route("**/fn/logs/open", async (route) => {
    most = Math.max(most, (now += 1));
    // The first answer is the slowest.
    await new Promise((resolve) => setTimeout(resolve, (asked += 1) === 1 ? 1_500 : 300));
    now -= 1;
    await route.continue().catch(() => {});
  });
  for (let count = 3; count <= 12; count += 1) {
    await installation.sendTraces([root(project.id)]);
    await page.waitForTimeout(120);
  }
  await counted(page, 12);
  await expect(listed(page)).toHaveCount(12);
  expect(most).toBe(1);
});

test("what could not be read is said and tried again, and what is there stays", async ({ installation, project, reviewer: page, watch }) => {
  watch.allow(/ERR_FAILED/);
  await installation.sendTraces([root(project.id), root(project.id)]);
  await open(page, project.page(FILTERED));
  await expect(listed(page)).toHaveCount(2);
  let isCut = true;
  await page.route("**/fn/logs/open", (route) => (isCut ? route.abort() : route.continue()));
  await installation.sendTraces([root(project.id)]);
  await expect(old(page)).toBeVisible();
  await expect(listed(page)).toHaveCount(2);
  isCut = false;
  await old(page).getByRole("button", { name: "Try again" }).click();
  await expect(listed(page)).toHaveCount(3);
  await expect(old(page)).toHaveCount(0);
});

test("rows that are loaded stay when the list is read again", async ({ installation, project, reviewer: page }) => {
  const sent = many(project.id, 620, () => ({}));
  await installation.sendTraces(sent);
  await open(page, project.page(FILTERED));
  const list = page.getByRole("region", { name: "Traces", exact: true });
  await expect(async () => {
    await list.evaluate((element) => element.scrollTo(0, element.scrollHeight));
    await expect(row(page, sent[0].id)).toBeVisible({ timeout: 500 });
  }).toPass();
  // In every frame from now on the list is as long as it is now, at least.
  await list.evaluate((element) => {
    const length = element.scrollHeight;
    const look = () => {
      if (element.scrollHeight < length) element.setAttribute("data-shorter", "true");
      requestAnimationFrame(look);
    };
    look();
  });
  await installation.sendTraces([root(project.id)]);
  await counted(page, 621);
  await expect(row(page, sent[0].id)).toBeVisible();
  await expect(list).not.toHaveAttribute("data-shorter");
});

test("whatever else stands in the address stays while one goes through traces", async ({ installation, project, reviewer: page }) => {
  const rows = await numbered(installation, project, 2);
  await open(page, project.page(`logs?kind=mine&cols=a%25b&r=${rows[0].root}&comment=none`));
  await page.keyboard.press("j");
  await expect(trace(page)).toHaveAccessibleName(/row-02/);
  const parameters = () => Object.fromEntries(new URL(page.url()).searchParams);
  expect(parameters()).toEqual({ kind: "mine", cols: "a%b", r: rows[1].root });
  await page.keyboard.press("Escape");
  await expect(trace(page)).toBeHidden();
  expect(parameters()).toEqual({ kind: "mine", cols: "a%b" });
  await page.getByLabel("Filter", { exact: true }).fill("input = 'Question of row-02'");
  await page.keyboard.press("Enter");
  await expect(listed(page)).toHaveCount(1);
  expect(parameters()).toEqual({ kind: "mine", cols: "a%b", filter: "input = 'Question of row-02'" });
});
