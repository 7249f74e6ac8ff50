import { defineConfig } from "@playwright/test";
import type { Options } from "./support/fixtures.js";
import { CHROMIUM } from "./support/browser.mjs";

/**
 * What runs on PostgreSQL as well: signing in, lists, answers, comments and a connection that is lost. Everything else that the
 * store and the server do is tested on both databases without a browser.
 */
const ON_BOTH = ["entry", "logs", "answering", "comments", "journal", "blind", "landing"].map((name) => `${name}.spec.ts`);

const postgresql = Boolean(process.env.TEST_DATABASE_URL);
if (!postgresql && process.env.TEST_WORKER_INDEX === undefined) {
  console.error("TEST_DATABASE_URL is not set: these tests run on SQLite only. `cargo xtask test browser` runs them on both.");
}

export default defineConfig<object, Options>({
  testDir: "tests",
  fullyParallel: false,
  workers: 2,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  reporter: "list",
  timeout: 60_000,
  expect: { timeout: 10_000 },
  use: {
    actionTimeout: 10_000,
    navigationTimeout: 20_000,
    screenshot: "only-on-failure",
    trace: "off",
    viewport: { width: 1440, height: 900 },
    locale: "en-GB",
    timezoneId: "UTC",
    reducedMotion: "reduce",
    launchOptions: CHROMIUM,
  },
  projects: [
    { name: "sqlite", use: { database: "sqlite" } },
    ...(postgresql ? [{ name: "postgresql", use: { database: "postgresql" as const }, testMatch: ON_BOTH }] : []),
  ],
});
