// A trace of two thousand spans and an output of ten megabytes, measured in the browser that people use.
//
//   node measure/large.mjs
//
// What was measured goes to standard output: milliseconds until the span is on the screen, tasks of more than 50 ms (also of the
// same page without its scripts, which is what the browser itself needs), and frames that came late while scrolling at several
// speeds.

import { chromium } from "@playwright/test";
import { CHROMIUM } from "../support/browser.mjs";
import { child, root } from "../support/rows.mjs";
import { PASSWORD, Server } from "../support/server.mjs";

const SPANS = 2_000;
const MEGABYTES = 10;
const REVIEWER = "reviewer@example.com";
const FRAMES = 240;

/** Pixels in a frame: a wheel, a fling, and a whole screen. */
const SPEEDS = [100, 300, "screen"];

/** Notes what keeps the page long, from its beginning. @param {import("@playwright/test").Page} page */
const watch = (page) =>
  page.addInitScript(() => {
    const seen = { visible: 0, tasks: /** @type {number[]} */ ([]) };
    Object.assign(window, { seen });
    const look = () => {
      if (document.querySelector('section[aria-label="Output"]')?.textContent) requestAnimationFrame(() => (seen.visible = performance.now()));
      else requestAnimationFrame(look);
    };
    look();
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.tasks.push(Math.round(entry.duration));
    }).observe({ type: "longtask", buffered: true });
  });

/** What was noted. @param {import("@playwright/test").Page} page */
const seen = (page) => page.evaluate(() => ({ .../** @type {any} */ (window).seen, elements: document.querySelectorAll("*").length }));

/** Scrolls from the beginning, frame by frame. @param {import("@playwright/test").Locator} element @param {number | string} speed */
async function scroll(element, speed) {
  const times = await element.evaluate(
    async (element, [frames, speed]) => {
      element.scrollTop = 0;
      const times = [];
      let before = await new Promise(requestAnimationFrame);
      for (let frame = 0; frame < frames; frame += 1) {
        element.scrollTop += speed || element.clientHeight;
        if (element.scrollTop + element.clientHeight >= element.scrollHeight) element.scrollTop = 0;
        const now = await new Promise(requestAnimationFrame);
        times.push(now - before);
        before = now;
      }
      return times;
    },
    /** @type {[number, number]} */ ([FRAMES, typeof speed === "number" ? speed : 0]),
  );
  // A frame is late where the one before was shown twice.
  return { late: times.filter((time) => time > 25).length, longest_ms: Math.round(Math.max(...times)) };
}

/** What the browser needs for the same page without its scripts. @param {import("@playwright/test").BrowserContext} context @param {string} address */
async function withoutScripts(context, address) {
  const page = await context.newPage();
  await watch(page);
  await page.route((url) => url.href.endsWith(address), async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: (await answer.text()).replace(/<script[\s\S]*?<\/script>/g, "") });
  });
  await page.goto(address);
  await page.waitForTimeout(1_000);
  const { tasks } = await seen(page);
  await page.close();
  return tasks;
}

/** Opens a page and says what it took. @param {import("@playwright/test").BrowserContext} context @param {string} address @param {string} scrolled */
async function measure(context, address, scrolled) {
  const page = await context.newPage();
  await watch(page);
  const answer = await page.goto(address);
  const html = (await answer?.body())?.length ?? 0;
  await page.locator("html[data-hydrated=true]").waitFor({ state: "attached" });
  await page.waitForTimeout(1_000);
  const opened = await seen(page);
  const more = page.getByRole("button", { name: "Show more" });
  for (let click = 0; click < 5 && (await more.count()) > 0; click += 1) {
    await more.click();
    await page.waitForTimeout(500);
  }
  const before = (await seen(page)).tasks.length;
  const scrolling = /** @type {Record<string, object>} */ ({});
  for (const speed of SPEEDS) scrolling[speed] = await scroll(page.locator(scrolled).first(), speed);
  const { tasks } = await seen(page);
  await page.close();
  return {
    visible_ms: Math.round(opened.visible),
    html_kilobytes: Math.round(html / 1000),
    elements: opened.elements,
    tasks_over_50_ms: opened.tasks,
    tasks_over_50_ms_without_scripts: await withoutScripts(context, address),
    frames: FRAMES,
    scrolling,
    tasks_over_50_ms_while_scrolling: tasks.slice(before),
  };
}

const server = await Server.start("sqlite");
const browser = await chromium.launch(CHROMIUM);
try {
  server.addPerson("owner@example.com", "Olga Owner", "owner");
  server.addPerson(REVIEWER, "Rita Reviewer", "reviewer");
  const key = server.createKey("owner@example.com");
  const { id } = await server.call(key, "POST", "/v1/project", { name: "Large" });
  const top = root(id, { name: "two thousand spans" });
  const below = Array.from({ length: SPANS - 1 }, (_, number) => child(top, { name: `span ${number}`, created: new Date(Date.parse(top.created) + number) }));
  const heavy = root(id, { name: "ten megabytes", output: "A line of sixty characters that stands there again and again.\n".repeat((MEGABYTES * 1e6) / 62) });
  await server.sendTraces(key, [top, ...below]);
  await server.sendTraces(key, [heavy]);
  const context = await browser.newContext({ baseURL: server.origin, viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.goto("/login");
  await page.getByLabel("Email").fill(REVIEWER);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => !url.pathname.startsWith("/login"));
  const address = (/** @type {Record<string, any>} */ sent) => `/app/touchstone/p/Large/logs?r=${sent.root_span_id}`;
  const spans = await measure(context, address(top), 'nav[aria-label="Spans"]');
  const payload = await measure(context, address(heavy), 'section[aria-label="Output"] .raw, section[aria-label="Output"]');
  console.log(JSON.stringify({ spans, payload }, null, 2));
} finally {
  await browser.close();
  await server.remove();
}
