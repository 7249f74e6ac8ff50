// The browser that the machine has; none is downloaded.

import { existsSync } from "node:fs";

const INSTALLED = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** How Playwright starts it. */
export const CHROMIUM = {
  executablePath: INSTALLED.find(existsSync) ?? INSTALLED[0],
  args: [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
};
