// Keys as people press them: one after the other, thirty to sixty milliseconds apart, and with nothing waited for in between.

import { expect, type Locator, type Page } from "./fixtures.js";

const PAUSES = [31, 47, 58, 38, 52, 43];
let presses = 0;

async function pause(page: Page): Promise<void> {
  presses += 1;
  await page.waitForTimeout(PAUSES[presses % PAUSES.length]!);
}

/** Presses keys. */
export async function press(page: Page, ...keys: string[]): Promise<void> {
  for (const key of keys) {
    await page.keyboard.press(key);
    await pause(page);
  }
}

/** Types a text. */
export async function type(page: Page, text: string): Promise<void> {
  for (const character of text) {
    await page.keyboard.type(character);
    await pause(page);
  }
}

/** Presses Tab until something has the focus. */
export async function tabTo(page: Page, control: Locator): Promise<void> {
  for (let stops = 0; stops < 60; stops += 1) {
    if (await control.evaluate((element) => element === document.activeElement)) return;
    await press(page, "Tab");
  }
  await expect(control).toBeFocused();
}
