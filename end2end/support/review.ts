// Answering, and how long it takes until somebody else sees it.

import { expect, type Page } from "@playwright/test";
import { question, saved } from "./pages.js";

/** Shows all questions where the form is a sheet that is shut, as on a phone. */
export async function unfoldForm(page: Page) {
  const handle = page.getByRole("region", { name: "Human review" }).getByRole("button", { name: /^All \d+ questions/ });
  if ((await handle.isVisible()) && (await handle.getAttribute("aria-expanded")) === "false") await handle.click();
}

/** The server's answer to the next command: the word *Saved* may still be about the one before. */
const commandTaken = (page: Page) => page.waitForResponse((response) => response.url().includes("/fn/commands/run") && response.ok());

/** Moves a question's slider and waits until the page says that it is saved. Returns the moment it was moved. */
export async function answerWithSlider(page: Page, name: string, percent: number): Promise<number> {
  const slider = question(page, name).getByRole("slider");
  await expect(slider).toBeVisible();
  const taken = commandTaken(page);
  const moment = Date.now();
  await slider.fill(String(percent));
  await taken;
  await expect(saved(page)).toBeVisible();
  return moment;
}

/** Chooses an option and waits until the page says that it is saved. Returns the moment it was chosen. */
export async function answerWithOption(page: Page, name: string, option: string): Promise<number> {
  const radio = question(page, name).getByRole("radio", { name: new RegExp(`^${option}`) });
  await expect(radio).toBeAttached();
  const taken = commandTaken(page);
  const moment = Date.now();
  // The mark of the radio may be drawn by its label.
  await radio.check({ force: true });
  await taken;
  await expect(saved(page)).toBeVisible();
  return moment;
}

/** Waits until the card of a score shows a mean and a count, and returns the moment the page painted them. */
export async function whenCardShows(page: Page, name: string, mean: string, count: number): Promise<number> {
  const shown = await page.waitForFunction(
    ({ name, mean, count }) => {
      const card = document.querySelector(`[aria-label="Summary"] [role="group"][aria-label="${name}"]`);
      const text = card?.textContent?.replace(/\s+/g, " ") ?? "";
      return text.includes(`${mean} %`) && text.includes(`n=${count}`) ? Date.now() : null;
    },
    { name, mean, count },
    { polling: "raf", timeout: 10_000 },
  );
  return (await shown.jsonValue()) ?? Number.NaN;
}
