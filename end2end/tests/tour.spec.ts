// The tour of a project that offers one: six steps that end in an answer of one's own.

import { expect, open, test, type Page, type Project } from "../support/fixtures.js";
import type { Installation } from "../support/fixtures.js";
import { hydrated, row, trace } from "../support/pages.js";
import { root } from "../support/rows.mjs";

const tour = (page: Page) => page.getByRole("dialog", { name: /./ }).filter({ has: page.getByText(/^\d of 6$/) });
const TITLES = ["What your application did", "How good it was", "Find what is worth a look", "Inside a trace", "Read it", "Now you"];

/** A project that offers a tour, with a question and a trace. */
async function offering(installation: Installation, project: Project): Promise<Record<string, any>> {
  await installation.call("PATCH", `/v1/project/${project.id}`, { settings: { tour: true } });
  await installation.slider(project, "Preference");
  const request = root(project.id, { name: "answer_ticket" });
  await installation.sendTraces([request]);
  return request;
}

test("the tour leads through six things and ends in an answer, and is not shown again", async ({ installation, project, reviewer: page }) => {
  const request = await offering(installation, project);
  await open(page, project.page("logs"));
  for (const [place, title] of TITLES.entries()) {
    await expect(tour(page).getByRole("heading", { name: title })).toBeVisible();
    await expect(tour(page)).toContainText(`${place + 1} of 6`);
    await expect(tour(page)).toHaveAccessibleName(title);
    // What it is about is lit: the shade has a hole.
    await expect(page.locator(".tour-shade path")).toHaveAttribute("d", /Z.+Z/);
    if (place < 5) await tour(page).getByRole("button", { name: "Next" }).click();
  }
  await expect(trace(page)).toBeVisible();
  await expect(page.getByRole("slider", { name: "Preference" })).toBeFocused();
  await page.keyboard.press("8");
  await expect(tour(page).getByRole("heading", { name: "That was your first answer" })).toBeVisible();
  await tour(page).getByRole("button", { name: "Done" }).click();
  await expect(tour(page)).toHaveCount(0);
  await expect.poll(async () => (await installation.call("GET", `/v1/project_logs/${project.id}/fetch`)).events[0].scores).toEqual({ Preference: 0.8 });
  await page.goto(project.page("logs"));
  await hydrated(page);
  await expect(row(page, request.id)).toBeVisible();
  await expect(tour(page)).toHaveCount(0);
  // Whoever wants it again asks the sheet of keys.
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).getByRole("button", { name: "Take the tour" }).click();
  await expect(tour(page).getByRole("heading", { name: TITLES[0]! })).toBeVisible();
});

test("by keyboard one goes on, back and away, and nothing else closes", async ({ installation, project, reviewer: page }) => {
  await offering(installation, project);
  await open(page, project.page("logs"));
  await expect(tour(page)).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(tour(page).getByRole("button", { name: "Skip" })).toBeFocused();
  await tour(page).getByRole("button", { name: "Next" }).press("Enter");
  await expect(tour(page).getByRole("heading", { name: TITLES[1]! })).toBeVisible();
  await tour(page).getByRole("button", { name: "Back" }).press("Enter");
  await expect(tour(page).getByRole("heading", { name: TITLES[0]! })).toBeVisible();
  for (let step = 0; step < 4; step += 1) await tour(page).getByRole("button", { name: "Next" }).press("Enter");
  await expect(tour(page).getByRole("heading", { name: TITLES[4]! })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(tour(page)).toHaveCount(0);
  await expect(trace(page)).toBeVisible();
  await page.reload();
  await hydrated(page);
  await expect(tour(page)).toHaveCount(0);
});

test("a project that offers none shows none, unless one asks", async ({ installation, project, viewer: page }) => {
  await installation.sendTraces([root(project.id)]);
  await open(page, project.page("configuration"));
  await expect(tour(page)).toHaveCount(0);
  await page.keyboard.press("?");
  await page.getByRole("button", { name: "Take the tour" }).click();
  // It begins at the list.
  await expect(page.getByRole("heading", { name: "Logs", level: 1 })).toBeVisible();
  await expect(tour(page).getByRole("heading", { name: TITLES[0]! })).toBeVisible();
  for (let step = 0; step < 5; step += 1) await tour(page).getByRole("button", { name: "Next" }).click();
  await expect(tour(page)).toContainText("Ask an owner for a role that may.");
  await tour(page).getByRole("button", { name: "Finish" }).click();
  await expect(tour(page)).toHaveCount(0);
});

test("on a phone the words leave room for what they are about", async ({ installation, project, reviewer: page }) => {
  await offering(installation, project);
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page, project.page("logs"));
  for (const title of TITLES) {
    await expect(tour(page).getByRole("heading", { name: title })).toBeInViewport({ ratio: 1 });
    await expect(tour(page).getByRole("button", { name: /Next|Finish/ })).toBeInViewport({ ratio: 1 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    if (title !== "Now you") await tour(page).getByRole("button", { name: "Next" }).click();
  }
  // The question can be answered beside the card.
  const slider = page.getByRole("slider", { name: "Preference" });
  await expect(slider).toBeInViewport({ ratio: 1 });
  const [card, question] = [(await tour(page).boundingBox())!, (await slider.boundingBox())!];
  expect(card.y + card.height <= question.y || question.y + question.height <= card.y).toBe(true);
});
