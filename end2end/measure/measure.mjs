// How fast the pages are, measured in the browser that people use, on this machine.
//
//   node measure/measure.mjs [runs]
//
// Three runs by default, each on an empty database with a hundred thousand traces. The medians and everything that was
// measured go to standard output and to measure/results.json; what is going on, to standard error. With fewer traces
// (TRACES=3000, to try the program out) the file is left alone.

import { writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { chromium } from "@playwright/test";
import { CHROMIUM } from "../support/browser.mjs";
import { batches, many, root } from "../support/rows.mjs";
import { PASSWORD, Server } from "../support/server.mjs";

const RUNS = Number(process.argv[2] ?? 3);
const ALL_TRACES = 100_000;
const TRACES = Number(process.env.TRACES ?? ALL_TRACES);
const BATCH = 1_000;
const SENDERS = 4;
const LOADS = 10;
const OPENINGS = 30;
const ANSWERS = 20;
const VIEWPORT = { width: 1440, height: 900 };
const OWNER = "owner@example.com";
const REVIEWER = "reviewer@example.com";

/** @typedef {import("@playwright/test").Page} Page */

/** @param {number[]} numbers */
function median(numbers) {
  const sorted = [...numbers].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** @param {number} number */
const rounded = (number) => Math.round(number * 10) / 10;

/** @param {string} text */
const say = (text) => process.stderr.write(`${text}\n`);

/** Sends traces, several batches at a time. @param {Server} server @param {string} key @param {string} project */
async function seed(server, key, project) {
  const started = performance.now();
  const traces = many(project, TRACES, (index) => ({
    name: ["answer_ticket", "refund_flow", "track_parcel", "triage_email"][index % 4],
    input: `Question ${index}: where is my parcel? The carrier says that it was delivered, but nobody here has seen it.`,
    output: `Answer ${index}: the carrier recorded delivery to a neighbour at number ${index % 90}. If they do not have it, tell us and we send another.`,
    metadata: { model: "gpt-4o-mini", customer: index % 1000, plan: index % 3 === 0 ? "pro" : "free" },
    tags: index % 10 === 0 ? ["Triage"] : [],
    scores: { Factuality: ((index * 37) % 101) / 100 },
  }));
  const waiting = batches(traces, BATCH);
  await Promise.all(
    Array.from({ length: SENDERS }, async () => {
      for (let batch = waiting.shift(); batch; batch = waiting.shift()) await server.sendTraces(key, batch);
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  say(`  ${TRACES} traces were taken in ${seconds.toFixed(1)} s`);
  return { traces, perSecond: Math.round(TRACES / seconds) };
}

/** A session's cookies. @param {import("@playwright/test").Browser} browser @param {string} origin @param {string} email */
async function signIn(browser, origin, email) {
  const context = await browser.newContext({ baseURL: origin });
  const page = await context.newPage();
  await page.goto("/login");
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => !url.pathname.startsWith("/login"));
  const state = await context.storageState();
  await context.close();
  return state;
}

/** Opens a page with nothing in its cache. @param {import("@playwright/test").Browser} browser @param {object} state @param {string} origin */
async function freshPage(browser, state, origin) {
  const context = await browser.newContext({ baseURL: origin, storageState: state, viewport: VIEWPORT });
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await devtools.send("Network.enable");
  await devtools.send("Network.setCacheDisabled", { cacheDisabled: true });
  return { page, devtools };
}

/** @param {Page} page */
const hydrated = (page) => page.locator("html[data-hydrated=true]").waitFor({ state: "attached" });

/** How long until rows are on the screen, and how many bytes that took. */
async function coldLoad(browser, state, origin, address) {
  const { page, devtools } = await freshPage(browser, state, origin);
  /** @type {Map<string, string>} */
  const kinds = new Map();
  const bytes = { html: 0, assets: 0, files: /** @type {Record<string, number>} */ ({}) };
  devtools.on("Network.responseReceived", ({ requestId, response }) => kinds.set(requestId, new URL(response.url).pathname));
  devtools.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const path = kinds.get(requestId) ?? "";
    if (path.startsWith("/assets/")) {
      const name = path.split("/").pop() ?? "";
      bytes.assets += encodedDataLength;
      // A file that is loaded twice counts twice.
      bytes.files[name] = (bytes.files[name] ?? 0) + encodedDataLength;
    } else if (path.startsWith("/app/")) bytes.html += encodedDataLength;
  });
  await page.addInitScript(() => {
    const seen = { rows: 0, hydrated: 0, paint: 0, shift: 0 };
    Object.assign(window, { seen });
    const look = () => {
      if (seen.rows === 0 && document.querySelector("[data-row-id]")) requestAnimationFrame(() => (seen.rows ||= performance.now()));
      if (seen.hydrated === 0 && document.documentElement?.dataset.hydrated === "true") seen.hydrated = performance.now();
      if (seen.rows === 0 || seen.hydrated === 0) requestAnimationFrame(look);
    };
    look();
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.paint = entry.startTime;
    }).observe({ type: "largest-contentful-paint", buffered: true });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.shift += /** @type {any} */ (entry).value;
    }).observe({ type: "layout-shift", buffered: true });
  });
  await page.goto(address);
  await hydrated(page);
  await page.waitForFunction(() => /** @type {any} */ (window).seen.hydrated > 0 && /** @type {any} */ (window).seen.rows > 0);
  await page.waitForTimeout(300);
  const seen = await page.evaluate(() => /** @type {any} */ (window).seen);
  await page.context().close();
  return { ...seen, ...bytes };
}

/** From the click on a row to its trace on the screen. @param {Page} page @param {string} address */
async function openings(page, address) {
  await page.goto(address);
  await hydrated(page);
  const times = [];
  for (let index = 0; index < OPENINGS; index += 1) {
    const row = page.locator("[data-row-id]").nth(index % 15);
    await row.waitFor();
    const name = await row.getAttribute("data-row-id");
    await page.evaluate((id) => {
      const own = /** @type {any} */ (window);
      own.opened = new Promise((resolve) => {
        addEventListener(
          "pointerdown",
          () => {
            const start = performance.now();
            const look = () => {
              const output = document.querySelector('article[aria-label^="Trace"] section[aria-label="Output"]');
              // The frame after the one in which the field is there has been painted with it.
              if (output?.textContent?.includes("Answer")) requestAnimationFrame(() => resolve(performance.now() - start));
              else requestAnimationFrame(look);
            };
            look();
          },
          { once: true, capture: true },
        );
      });
      return id;
    }, name);
    await row.locator("td").nth(1).click();
    times.push(await page.evaluate(() => /** @type {any} */ (window).opened));
    await page.keyboard.press("Escape");
  }
  return times;
}

/** From one person's answer to the summary in another person's browser. */
async function answers(browser, server, key, owner, reviewer, origin) {
  const name = "Answers";
  const { id } = await server.call(key, "POST", "/v1/project", { name });
  await server.call(key, "POST", "/v1/project_score", { project_id: id, name: "Preference", score_type: "slider" });
  const sent = root(id);
  await server.sendTraces(key, [sent]);
  const { page: watcher } = await freshPage(browser, owner, origin);
  const { page } = await freshPage(browser, reviewer, origin);
  const logs = `/app/touchstone/p/${name}/logs`;
  await watcher.goto(logs);
  await page.goto(`${logs}?r=${sent.root_span_id}`);
  await Promise.all([hydrated(watcher), hydrated(page)]);
  const slider = page.getByRole("region", { name: "Human review" }).getByRole("slider");
  const times = [];
  for (let index = 0; index < ANSWERS; index += 1) {
    const percent = 10 + index * 4;
    const seen = watcher.waitForFunction(
      (mean) => {
        const card = document.querySelector('[aria-label="Summary"] [role="group"][aria-label="Preference"]');
        return card?.textContent?.replace(/\s+/g, " ").includes(`${mean} %`) ? Date.now() : null;
      },
      percent.toFixed(1),
      { polling: "raf" },
    );
    await slider.evaluate((element) => element.addEventListener("input", () => Object.assign(window, { moved: Date.now() }), { once: true, capture: true }));
    await slider.fill(String(percent));
    const moved = await page.evaluate(() => /** @type {any} */ (window).moved);
    times.push(/** @type {number} */ (await (await seen).jsonValue()) - moved);
    await page.waitForTimeout(200);
  }
  await page.context().close();
  await watcher.context().close();
  return times;
}

/** Scrolls through the whole list and returns the tasks that kept the page from answering. @param {Page} page @param {string} address @param {string} last */
async function scrolling(page, address, last) {
  await page.goto(address);
  await hydrated(page);
  await page.evaluate(() => {
    const tasks = /** @type {number[]} */ ([]);
    Object.assign(window, { tasks, most: 0 });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) tasks.push(entry.duration);
    }).observe({ type: "longtask" });
  });
  const list = page.getByRole("region", { name: "Traces" });
  const started = performance.now();
  let most = 0;
  for (let step = 0; performance.now() - started < 300_000; step += 1) {
    const state = await list.evaluate(async (element, id) => {
      // A few screens at a time, as fast as frames come, like somebody dragging the bar.
      for (let frame = 0; frame < 30; frame += 1) {
        element.scrollTop += 4 * element.clientHeight;
        await new Promise(requestAnimationFrame);
      }
      return { rows: document.querySelectorAll("[data-row-id]").length, last: document.querySelector(`[data-row-id="${id}"]`) !== null };
    }, last);
    most = Math.max(most, state.rows);
    if (state.last) break;
  }
  const reached = (await page.locator(`[data-row-id="${last}"]`).count()) > 0;
  const tasks = await page.evaluate(() => /** @type {any} */ (window).tasks);
  // The browser reports tasks of 50 ms and more only.
  return { reached, seconds: (performance.now() - started) / 1000, rowsInPage: most, longTasks: tasks.length, longestTask: Math.max(0, ...tasks) };
}

async function run() {
  const server = await Server.start("sqlite");
  const browser = await chromium.launch(CHROMIUM);
  try {
    server.addPerson(OWNER, "Olga Owner", "owner");
    server.addPerson(REVIEWER, "Rita Reviewer", "reviewer");
    const key = server.createKey(OWNER);
    const { id } = await server.call(key, "POST", "/v1/project", { name: "Many" });
    const { traces, perSecond } = await seed(server, key, id);
    const owner = await signIn(browser, server.origin, OWNER);
    const reviewer = await signIn(browser, server.origin, REVIEWER);
    const logs = "/app/touchstone/p/Many/logs";

    say("  cold loads");
    const loads = [];
    for (let index = 0; index < LOADS; index += 1) loads.push(await coldLoad(browser, owner, server.origin, logs));
    say("  openings");
    const { page } = await freshPage(browser, owner, server.origin);
    const opened = await openings(page, logs);
    say("  answers");
    const answered = await answers(browser, server, key, owner, reviewer, server.origin);
    say("  scrolling");
    const scrolled = await scrolling(page, logs, traces[0].id);
    await page.context().close();
    return {
      medians: {
        ingested_per_second: perSecond,
        logs_rows_visible_ms: rounded(median(loads.map((load) => load.rows))),
        logs_hydrated_ms: rounded(median(loads.map((load) => load.hydrated))),
        logs_largest_paint_ms: rounded(median(loads.map((load) => load.paint))),
        logs_layout_shift: Math.round(median(loads.map((load) => load.shift)) * 10_000) / 10_000,
        first_page_assets_kilobytes: rounded(median(loads.map((load) => load.assets)) / 1000),
        first_page_html_kilobytes: rounded(median(loads.map((load) => load.html)) / 1000),
        click_to_trace_ms: rounded(median(opened)),
        answer_to_other_browser_ms: rounded(median(answered)),
        longest_task_while_scrolling_ms: rounded(scrolled.longestTask),
      },
      raw: { loads, opened, answered, scrolled },
    };
  } finally {
    await browser.close();
    await server.remove();
  }
}

const runs = [];
for (let number = 1; number <= RUNS; number += 1) {
  say(`run ${number} of ${RUNS}`);
  runs.push(await run());
}
const names = Object.keys(runs[0].medians);
const medians = Object.fromEntries(names.map((name) => [name, median(runs.map((one) => one.medians[name]))]));
const machine = { processors: cpus().length, model: cpus()[0]?.model, memory_gigabytes: Math.round(totalmem() / 1e9), node: process.version };
const results = { measured: new Date().toISOString(), machine, traces: TRACES, medians, runs };
if (TRACES === ALL_TRACES) writeFileSync(fileURLToPath(new URL("results.json", import.meta.url)), `${JSON.stringify(results, null, 2)}\n`);
console.log(JSON.stringify(results, null, 2));
