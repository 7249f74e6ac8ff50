// A page comes to life in several tasks. Here the browser is held between the first and the second of them.

import { expect, open, test, type Page, type Project } from "../support/fixtures.js";
import { hydrated, tree } from "../support/pages.js";
import { child, root } from "../support/rows.mjs";

/** Holds the page after its first task, until a person does something. */
async function hold(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const later = window.setTimeout;
    const held: (() => void)[] = [];
    let timers = 0;
    let holding = true;
    window.setTimeout = ((work: () => void, delay?: number, ...rest: unknown[]) => {
      // The first task is such a timer, and so is each that follows.
      if (delay !== 0 || !holding) return later(work, delay, ...rest);
      timers += 1;
      if (timers > 1) return held.push(work);
      const first = () => {
        work();
        document.documentElement.dataset["held"] = "true";
      };
      return later(first, 0);
    }) as typeof window.setTimeout;
    const release = () => {
      if (!holding) return;
      holding = false;
      // What was held comes after what the person did.
      for (const work of held) later(work, 0);
    };
    for (const event of ["keydown", "pointerdown"]) window.addEventListener(event, release, true);
  });
}

/** Two traces, the newer one with a span below. */
async function traces(installation: { sendTraces(rows: object[]): Promise<unknown> }, project: Project) {
  const older = root(project.id, { name: "older", created: new Date(Date.now() - 60_000) });
  const newer = root(project.id, { name: "newer" });
  const below = child(newer, { name: "below", output: "What stands below" });
  await installation.sendTraces([older, newer, below]);
  return { older, newer, below };
}

async function openHeld(page: Page, address: string): Promise<void> {
  await hold(page);
  await page.goto(address);
  await expect(page.locator("html")).toHaveAttribute("data-held", "true");
  await expect(page.locator("html")).not.toHaveAttribute("data-hydrated");
}

test("a key that comes between two tasks brings the rest of the page to life and does what it does", async ({ installation, project, reviewer: page }) => {
  const { older, newer } = await traces(installation, project);
  await openHeld(page, project.page(`logs?r=${newer.root_span_id}`));
  await page.keyboard.press("j");
  await hydrated(page);
  await expect(page).toHaveURL(new RegExp(older.root_span_id));
  await expect(page.getByRole("article", { name: "Trace older" })).toBeVisible();
});

test("a click that comes between two tasks opens a span without loading the page again", async ({ installation, project, reviewer: page }) => {
  const { newer, below } = await traces(installation, project);
  await openHeld(page, project.page(`logs?r=${newer.root_span_id}`));
  await page.evaluate(() => Object.assign(window, { stays: true }));
  await tree(page).getByRole("link", { name: "below" }).click();
  await hydrated(page);
  await expect(page.getByRole("region", { name: "Output" })).toContainText("What stands below");
  await expect(page).toHaveURL(new RegExp(below.span_id));
  expect(await page.evaluate(() => "stays" in window)).toBe(true);
});

test("what somebody else does between two tasks is on the page as soon as it is alive", async ({ installation, project, reviewer: page, colleague }) => {
  const { newer } = await traces(installation, project);
  await openHeld(page, project.page(`logs?r=${newer.root_span_id}`));
  await open(colleague, project.page(`logs?r=${newer.root_span_id}`));
  await colleague.getByRole("textbox", { name: "Add a comment" }).fill("While it waits.");
  await colleague.keyboard.press("Control+Enter");
  await expect(colleague.getByText("While it waits.")).toBeVisible();
  await expect(page.getByText("While it waits.")).toHaveCount(0);
  await page.keyboard.press("Shift");
  await hydrated(page);
  await expect(page.getByText("While it waits.")).toBeVisible();
});
