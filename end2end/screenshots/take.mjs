// The pictures of the README, made from the demo project.
//
//   node screenshots/take.mjs [folder]
//
// `cargo xtask screenshots` builds the server first. The pictures go beside this file unless another folder is named.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "@playwright/test";
import { CHROMIUM } from "../support/browser.mjs";
import { demoPages, settled, startDemo, visit } from "../support/demo.mjs";

const FOLDER = process.argv[2] ?? fileURLToPath(new URL(".", import.meta.url));
const DESK = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
/** Every look of every picture: its file, its page, the size of the window, and the theme. */
const PICTURES = ["logs", "trace", "experiment"].flatMap((page) => {
  const desks = /** @type {const} */ (["light", "dark"]).map((theme) => ({ file: `${page}-${theme}`, page, viewport: DESK, theme }));
  return page === "experiment" ? desks : [...desks, { file: `${page}-phone`, page, viewport: PHONE, theme: /** @type {const} */ ("light") }];
});

mkdirSync(FOLDER, { recursive: true });
const server = await startDemo();
const browser = await chromium.launch(CHROMIUM);
try {
  const pages = /** @type {Record<string, any>} */ (await demoPages(server));
  const looks = { baseURL: server.origin, locale: "en-GB", timezoneId: "UTC", reducedMotion: /** @type {const} */ ("reduce") };
  const storageState = await visit(browser, server.origin);
  for (const { file, page: name, viewport, theme } of PICTURES) {
    const context = await browser.newContext({ ...looks, viewport, colorScheme: theme, storageState });
    // Pictures are of the product, not of the tour.
    await context.addCookies([{ name: "touchstone_tour", value: "done", url: server.origin }]);
    const page = await context.newPage();
    await page.goto(pages[name]);
    await settled(page);
    const path = join(FOLDER, `${file}.png`);
    await page.screenshot({ path, animations: "disabled", scale: "css" });
    process.stdout.write(`${path}\n`);
    await context.close();
  }
} finally {
  await browser.close();
  await server.remove();
}
