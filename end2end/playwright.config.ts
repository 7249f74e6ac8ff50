import { defineConfig } from "@playwright/test";
import type { Options } from "./support/fixtures.js";
import { CHROMIUM } from "./support/browser.mjs";

/** Appearance does not depend on the database; everything that reads or writes runs on both. */
const BROWSER_ONLY = ["appearance.spec.ts", "without-javascript.spec.ts"];

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
    ...(postgresql ? [{ name: "postgresql", use: { database: "postgresql" as const }, testIgnore: BROWSER_ONLY }] : []),
  ],
});
