// How reviewing feels, measured in the browser that people use: from a key to what it brings on the screen.
//
//   node measure/reviewing.mjs
//
// What was measured goes to standard output, in milliseconds. What it means, and what was measured last, stands in README.md.

import { cpus, loadavg } from "node:os";
import { chromium } from "@playwright/test";
import { CHROMIUM } from "../support/browser.mjs";
import { child, many, root } from "../support/rows.mjs";
import { PASSWORD, Server } from "../support/server.mjs";

const REVIEWER = "reviewer@example.com";
const ITEMS = 30;
const ROUNDS = 10;
const JSON_KILOBYTES = 445;
const VIEWPORT = { width: 1440, height: 900 };

/** @typedef {import("@playwright/test").Page} Page */

/** The smallest number that so many of a hundred are not above. @param {number[]} numbers @param {number} percent */
function percentile(numbers, percent) {
  const sorted = [...numbers].sort((one, other) => one - other);
  return Math.round((sorted[Math.min(sorted.length - 1, Math.ceil((sorted.length * percent) / 100) - 1)] ?? 0) * 10) / 10;
}

/** @param {number[]} numbers */
const summary = (numbers) => ({ median: percentile(numbers, 50), p75: percentile(numbers, 75), most: percentile(numbers, 100), count: numbers.length });

/** @param {Page} page */
const hydrated = (page) => page.locator("html[data-hydrated=true]").waitFor({ state: "attached" });

/**
 * Does something, and gives the time from the next event of a kind to the paint in which something is there.
 * @param {Page} page @param {"keydown" | "pointerdown"} event @param {string} there a function's body that says whether it is there
 * @param {() => Promise<unknown>} act
 */
async function painted(page, event, there, act) {
  await page.evaluate(
    ([event, there]) => {
      const isThere = new Function(there);
      Object.assign(window, {
        painted: new Promise((resolve) => {
          addEventListener(
            event,
            ({ timeStamp }) => {
              // A frame's callback runs before it is painted, so a message after the first one comes when it was.
              const look = () => {
                if (!isThere()) return requestAnimationFrame(look);
                const channel = new MessageChannel();
                channel.port1.onmessage = () => resolve(performance.now() - timeStamp);
                channel.port2.postMessage(null);
              };
              requestAnimationFrame(look);
            },
            { once: true, capture: true },
          );
        }),
      });
    },
    /** @type {const} */ ([event, there]),
  );
  await act();
  return /** @type {Promise<number>} */ (page.evaluate(() => /** @type {any} */ (window).painted));
}

const OUTPUT_IS = (/** @type {string} */ word) =>
  `return document.querySelector('article.trace:not([aria-busy]) section[aria-label="Output"]')?.textContent.includes(${JSON.stringify(word)})`;

/** Opens the rows of a list one after the other. @param {Page} page @param {string} logs */
async function opening(page, logs) {
  await page.goto(logs);
  await hydrated(page);
  const times = [];
  for (let item = 0; item < ITEMS; item += 1) {
    await page.keyboard.press("j");
    await page.waitForTimeout(400);
    times.push(await painted(page, "keydown", OUTPUT_IS("Answer"), () => page.keyboard.press("Enter")));
    await page.keyboard.press("Escape");
    await page.locator("[data-row-id]").first().waitFor();
  }
  return times;
}

/** Walks through traces and answers each; what the browser counts as interactions. @param {Page} page @param {string} first */
async function walking(page, first) {
  await page.goto(first);
  await hydrated(page);
  await page.evaluate(() => {
    const interactions = /** @type {Record<string, number>} */ ({});
    Object.assign(window, { interactions });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { interactionId, duration } = /** @type {any} */ (entry);
        if (interactionId) interactions[interactionId] = Math.max(interactions[interactionId] ?? 0, duration);
      }
    }).observe(/** @type {any} */ ({ type: "event", durationThreshold: 16, buffered: true }));
  });
  const steps = [];
  for (let item = 0; item < ITEMS; item += 1) {
    await page.keyboard.press(String(1 + (item % 8)));
    await page.waitForTimeout(250);
    const next = `Answer ${ITEMS + 9 - item - 1}:`;
    steps.push(await painted(page, "keydown", OUTPUT_IS(next), () => page.keyboard.press("j")));
    await page.waitForTimeout(250);
  }
  const told = await page.evaluate(() => Object.values(/** @type {any} */ (window).interactions));
  // Those below the smallest duration that a browser tells of took at most so long.
  return { steps, interactions: [...told, ...Array.from({ length: Math.max(0, 2 * ITEMS - told.length) }, () => 16)] };
}

/** From an open list to an answer that is saved, in three keys. @param {Page} page @param {string} logs */
async function firstAnswer(page, logs) {
  await page.goto(logs);
  await hydrated(page);
  const started = await page.evaluate(() => performance.now());
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.keyboard.press("7");
  await page.getByRole("region", { name: "Human review" }).getByRole("status").filter({ hasText: "Saved" }).waitFor();
  return (await page.evaluate(() => performance.now())) - started;
}

const FIRST_LINE = `return document.querySelector('article.trace:not([aria-busy]) section[aria-label="Output"] .json :is(.leaf, summary)') !== null`;

/** A large JSON: from the click on its row until it can be read, and folding a thousand lines of it. @param {Page} page @param {string} logs */
async function reading(page, logs) {
  const readable = [];
  const folding = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    await page.goto(logs);
    await hydrated(page);
    const row = page.locator("[data-row-id]").first();
    await row.hover();
    await page.waitForTimeout(500);
    readable.push(await painted(page, "pointerdown", FIRST_LINE, () => row.locator("td").nth(1).click()));
    const first = page.locator('section[aria-label="Output"] .json details > summary').nth(1);
    for (let fold = 0; fold < 4; fold += 1) {
      const was = await first.evaluate((summary) => /** @type {HTMLDetailsElement} */ (summary.parentElement).open);
      const there = `return document.querySelectorAll('section[aria-label="Output"] .json details')[1].open === ${!was}`;
      folding.push(await painted(page, "pointerdown", there, () => first.click({ position: { x: 4, y: 8 } })));
      await page.waitForTimeout(100);
    }
  }
  return { readable, folding };
}

const server = await Server.start("sqlite");
const browser = await chromium.launch(CHROMIUM);
try {
  server.addPerson("owner@example.com", "Olga Owner", "owner");
  server.addPerson(REVIEWER, "Rita Reviewer", "reviewer");
  const key = server.createKey("owner@example.com");
  const project = async (/** @type {string} */ name) => {
    const { id } = await server.call(key, "POST", "/v1/project", { name });
    await server.call(key, "POST", "/v1/project_score", { project_id: id, name: "Preference", score_type: "slider" });
    await server.call(key, "POST", "/v1/project_score", { project_id: id, name: "Resolved", score_type: "categorical", categories: [{ name: "No", value: 0 }, { name: "Yes", value: 1 }] });
    return id;
  };
  const walked = await project("Walk");
  const traces = many(walked, ITEMS + 10, (index) => ({
    input: [{ role: "user", content: `Question ${index}: where is my parcel?` }],
    output: [{ role: "assistant", content: `Answer ${index}: the carrier recorded delivery to a neighbour at number ${index}. `.repeat(6) }],
  }));
  const below = traces.flatMap((top) => Array.from({ length: 8 }, (_, number) => child(top, { name: `step ${number}` })));
  await server.sendTraces(key, [...traces, ...below]);
  const read = await project("Read");
  const entry = (/** @type {number} */ index) => ({ id: index, title: `Entry ${index}`, tags: ["one", "two"], nested: { score: index / 7, text: "A value of some length." } });
  const entries = [];
  for (let size = 0; size < JSON_KILOBYTES * 1000; size += JSON.stringify(entries.at(-1)).length + 1) entries.push(entry(entries.length));
  await server.sendTraces(key, [root(read, { output: { kind: "large", entries } })]);

  const context = await browser.newContext({ baseURL: server.origin, viewport: VIEWPORT });
  const page = await context.newPage();
  await page.goto("/login");
  await page.getByLabel("Email").fill(REVIEWER);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => !url.pathname.startsWith("/login"));
  const logs = (/** @type {string} */ name) => `/app/touchstone/p/${name}/logs`;

  const load = loadavg()[0];
  const first = await firstAnswer(page, logs("Walk"));
  const opened = await opening(page, logs("Walk"));
  const walk = await walking(page, `${logs("Walk")}?r=${traces.at(-1)?.root_span_id}`);
  const large = await reading(page, logs("Read"));
  const results = {
    measured: new Date().toISOString(),
    machine: { processors: cpus().length, model: cpus()[0]?.model, node: process.version },
    load_before_and_after: [load, loadavg()[0]],
    list_to_saved_answer_in_three_keys_ms: Math.round(first),
    enter_to_trace_painted_ms: summary(opened),
    next_to_trace_painted_ms: summary(walk.steps),
    interactions_of_a_walk_ms: summary(walk.interactions),
    click_to_json_of_445_kilobytes_ms: summary(large.readable),
    folding_of_it_ms: summary(large.folding),
  };
  console.log(JSON.stringify(results, null, 2));
} finally {
  await browser.close();
  await server.remove();
}
