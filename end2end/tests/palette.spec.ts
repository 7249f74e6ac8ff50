// The command palette: everything the page can do, by a few letters.

import { expect, open, test, type Page } from "../support/fixtures.js";
import { rows } from "../support/pages.js";
import { root } from "../support/rows.mjs";

const palette = (page: Page) => page.getByRole("dialog", { name: "Command palette" });
const options = (page: Page) => palette(page).getByRole("option");
const chosen = (page: Page) => palette(page).getByRole("option", { selected: true });

test("a few letters and Enter do what the page can do", async ({ installation, project, reviewer: page }) => {
  const [good, poor] = [root(project.id, { scores: { Preference: 0.9 } }), root(project.id, { scores: { Preference: 0.2 } })];
  await installation.sendTraces([good, poor]);
  await open(page, project.page("logs"));
  await page.keyboard.press("Control+k");
  await expect(palette(page).getByRole("combobox", { name: "Command" })).toBeFocused();
  await page.keyboard.type("col");
  await expect(chosen(page)).toHaveText("This pageColumns");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "Columns" })).toBeVisible();
  await page.keyboard.press("Escape");

  // The arrows go through what is found, and round.
  await page.keyboard.press("Control+k");
  await page.keyboard.type("exper");
  await expect(chosen(page)).toHaveText("Go toExperimentsge");
  await page.keyboard.press("ArrowUp");
  await expect(chosen(page)).toContainText("exper");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Experiments", level: 1 })).toBeVisible();

  // What is called nothing here says so, and Escape leaves.
  await page.keyboard.press("Control+k");
  await page.keyboard.type("zzz");
  await expect(palette(page).getByRole("status")).toHaveText("Nothing here is called that.");
  await expect(options(page)).toHaveCount(0);
  await page.keyboard.press("Enter");
  await expect(palette(page)).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(palette(page)).toBeHidden();
});

test("a text that is no command filters the list", async ({ installation, project, reviewer: page }) => {
  await installation.sendTraces([root(project.id, { scores: { Preference: 0.9 } }), root(project.id, { scores: { Preference: 0.2 } })]);
  await open(page, project.page("logs"));
  await expect(rows(page)).toHaveCount(2);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("scores.Preference > 75%");
  await expect(chosen(page)).toHaveText("Filter the list byscores.Preference > 75%");
  await page.keyboard.press("Enter");
  await expect(rows(page)).toHaveCount(1);
  expect(new URL(page.url()).searchParams.get("filter")).toBe("scores.Preference > 75%");
});

test("an open trace offers what its keys do, and does it to that trace", async ({ installation, project, reviewer: page }) => {
  const sent = root(project.id);
  await installation.sendTraces([sent]);
  await open(page, project.page(`logs?r=${sent.root_span_id}`));
  await page.getByRole("textbox", { name: "Add a comment" }).focus();
  // From within a text, too.
  await page.keyboard.press("Control+k");
  await page.keyboard.type("flag for");
  await expect(chosen(page)).toContainText("Flag for review");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "Flag for review" })).toBeVisible();
});

test("whoever leaves before it is there has left it, and nothing else", async ({ installation, project, reviewer: page }) => {
  const sent = root(project.id);
  await installation.sendTraces([sent]);
  await page.route("**/split_*.wasm", async (route) => {
    await new Promise((later) => setTimeout(later, 600));
    await route.continue();
  });
  await open(page, project.page("logs"));
  await page.keyboard.press("Control+k");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await expect(palette(page)).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(palette(page)).toBeHidden();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/[?&]r=/);
});

test("letters that are typed before it is there are its own", async ({ installation, project, reviewer: page }) => {
  await installation.sendTraces([root(project.id)]);
  await page.route("**/split_*.wasm", async (route) => {
    await new Promise((later) => setTimeout(later, 600));
    await route.continue();
  });
  await open(page, project.page("logs"));
  await page.keyboard.press("Control+k");
  // On the page j opens nothing, x selects and r leads into review mode.
  await page.keyboard.type("jxr");
  await expect(palette(page).getByRole("combobox", { name: "Command" })).toHaveValue("jxr");
  await expect(page).toHaveURL(/logs$/);
  await page.keyboard.press("Escape");
  await expect(palette(page)).toBeHidden();
  await expect(page.getByRole("toolbar")).toHaveCount(0);
});
