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
import { PASSWORD, Server } from "../support/server.mjs";

/** @typedef {import("@playwright/test").Page} Page */

const FOLDER = process.argv[2] ?? fileURLToPath(new URL(".", import.meta.url));
const VISITOR = { email: "ines@fernway.example", name: "Ines Varga" };
const DESK = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
/** The conversation that the pictures of a trace show: two reviewers read it differently. */
const CUSTOMER = "c_20418";
const COMPLETE_WITHIN = 60_000;

/** Every look of every picture: its file, its page, the size of the window, and the theme. */
const PICTURES = ["logs", "trace", "experiment"].flatMap((page) => {
  const desks = /** @type {const} */ (["light", "dark"]).map((theme) => ({ file: `${page}-${theme}`, page, viewport: DESK, theme }));
  return page === "experiment" ? desks : [...desks, { file: `${page}-phone`, page, viewport: PHONE, theme: /** @type {const} */ ("light") }];
});

/** Waits until the demo project is whole. @param {Server} server */
async function complete(server) {
  const until = Date.now() + COMPLETE_WITHIN;
  while (!server.log.includes("the demo project is complete")) {
    if (Date.now() > until) throw new Error(`The demo project was not complete in time:\n${server.log}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The addresses of the pages. @param {Server} server */
async function addresses(server) {
  const key = server.createKey(VISITOR.email);
  const project = (await server.call(key, "GET", "/v1/project")).objects[0];
  const { objects: experiments } = await server.call(key, "GET", `/v1/experiment?project_id=${project.id}`);
  const { events } = await server.call(key, "POST", `/v1/project_logs/${project.id}/fetch`, { limit: 1000 });
  const shown = events.find((/** @type {any} */ event) => event.is_root && event.metadata?.user_id === CUSTOMER);
  const newest = experiments.toSorted((/** @type {any} */ one, /** @type {any} */ other) => (one.created < other.created ? 1 : -1))[0];
  const base = `${server.origin}/app/touchstone/p/${encodeURIComponent(project.name)}`;
  return { logs: `${base}/logs`, trace: `${base}/logs?r=${shown.root_span_id}`, experiment: `${base}/experiments/${encodeURIComponent(newest.name)}` };
}

/** Waits until a page is alive and has nothing left to load. @param {Page} page */
async function settled(page) {
  await page.locator("html[data-hydrated=true]").waitFor();
  await page.waitForLoadState("load");
  await page.evaluate(() => document.fonts.ready);
  // Live pages never stop talking to the server, so what is drawn says when it is done: twice the same.
  let before = "";
  for (let look = 0; look < 40; look += 1) {
    const now = await page.evaluate(() => document.body.innerText);
    if (now === before) return;
    before = now;
    await page.waitForTimeout(250);
  }
}

process.env.TOUCHSTONE_LOG ??= "info";
mkdirSync(FOLDER, { recursive: true });
const server = await Server.start("sqlite", ["--demo"]);
const browser = await chromium.launch(CHROMIUM);
try {
  await complete(server);
  server.addPerson(VISITOR.email, VISITOR.name, "owner");
  const pages = /** @type {Record<string, string>} */ (await addresses(server));
  const looks = { locale: "en-GB", timezoneId: "UTC", reducedMotion: /** @type {const} */ ("reduce") };
  const door = await browser.newContext(looks);
  const page = await door.newPage();
  await page.goto(`${server.origin}/login`);
  await page.getByLabel("Email").fill(VISITOR.email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((address) => !address.pathname.startsWith("/login"));
  const storageState = await door.storageState();
  for (const { file, page: name, viewport, theme } of PICTURES) {
    const context = await browser.newContext({ ...looks, viewport, colorScheme: theme, storageState });
    // Pictures are of the product, not of the tour.
    await context.addCookies([{ name: "touchstone_tour", value: "done", url: server.origin }]);
    const page = await context.newPage();
    await page.goto(pages[name] ?? "");
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
