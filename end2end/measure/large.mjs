// A trace of two thousand spans and an output of ten megabytes, measured in the browser that people use.
//
//   node measure/large.mjs
//
// What was measured goes to standard output: milliseconds until the span is on the screen, tasks of more than 50 ms, and
// frames that came late while scrolling.

import { chromium } from "@playwright/test";
import { CHROMIUM } from "../support/browser.mjs";
import { child, root } from "../support/rows.mjs";
import { PASSWORD, Server } from "../support/server.mjs";

const SPANS = 2_000;
const MEGABYTES = 10;
const REVIEWER = "reviewer@example.com";

/** Opens a page and says what it took. @param {import("@playwright/test").BrowserContext} context @param {string} address @param {string} scrolled */
async function measure(context, address, scrolled) {
  const page = await context.newPage();
  await page.addInitScript(() => {
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
  const answer = await page.goto(address);
  const html = (await answer?.body())?.length ?? 0;
  await page.locator("html[data-hydrated=true]").waitFor({ state: "attached" });
  await page.waitForTimeout(1_000);
  const opened = await page.evaluate(() => ({ .../** @type {any} */ (window).seen, elements: document.querySelectorAll("*").length }));
  const more = page.getByRole("button", { name: "Show more" });
  for (let click = 0; click < 5 && (await more.count()) > 0; click += 1) {
    await more.click();
    await page.waitForTimeout(500);
  }
  const frames = await page.locator(scrolled).first().evaluate(async (element) => {
    const times = [];
    let before = await new Promise(requestAnimationFrame);
    for (let frame = 0; frame < 240; frame += 1) {
      element.scrollTop += element.clientHeight;
      if (element.scrollTop + element.clientHeight >= element.scrollHeight) element.scrollTop = 0;
      const now = await new Promise(requestAnimationFrame);
      times.push(now - before);
      before = now;
    }
    return times;
  });
  const all = await page.evaluate(() => /** @type {any} */ (window).seen.tasks);
  await page.close();
  return {
    visible_ms: Math.round(opened.visible),
    html_kilobytes: Math.round(html / 1000),
    elements: opened.elements,
    tasks_over_50_ms: opened.tasks,
    // A frame is late where the one before was shown twice.
    late_frames: frames.filter((/** @type {number} */ time) => time > 25).length,
    frames: frames.length,
    longest_frame_ms: Math.round(Math.max(...frames)),
    tasks_over_50_ms_afterwards: all.slice(opened.tasks.length),
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
