// A watch on browsers: what a page logs as an error, throws, or is refused by its content security policy fails the test.

import type { Page, TestInfo } from "@playwright/test";

export class Watch {
  private readonly seen: string[] = [];
  private readonly allowed: RegExp[] = [];

  constructor(private readonly info: TestInfo) {}

  /** Begins to watch a page. */
  async over(page: Page): Promise<void> {
    page.on("console", (message) => {
      if (message.type() === "error") this.seen.push(`${message.text()} (${message.location().url})`);
    });
    page.on("pageerror", (error) => this.seen.push(`thrown: ${error.stack ?? error.message}`));
    await page.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (event) => {
        console.error(`content security policy: ${event.violatedDirective} refused ${event.blockedURI} ${event.sample}`);
      });
    });
  }

  /** Expects an error that a test brings about on purpose. */
  allow(error: RegExp): void {
    this.allowed.push(error);
  }

  /** Ends the watch over a page, keeping a picture of it if the test failed. */
  async close(page: Page): Promise<void> {
    if (this.info.status !== this.info.expectedStatus && !page.isClosed()) {
      await this.info.attach("page.html", { body: await page.content().catch(() => ""), contentType: "text/html" });
    }
    await page.context().close();
  }

  /** Fails the test if there was an error that nobody expected. */
  verdict(): void {
    const unexpected = this.seen.filter((error) => !this.allowed.some((allowed) => allowed.test(error)));
    if (unexpected.length > 0) throw new Error(`The browser reported:\n${unexpected.join("\n")}`);
  }
}
