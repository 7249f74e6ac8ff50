// What every browser test stands on: a server, a project of its own, people who are signed in, and a watch on the
// browser's console.

import { test as base, expect, type Browser, type Locator, type Page } from "@playwright/test";
import { PASSWORD, Server } from "./server.mjs";
import { hydrated, signIn } from "./pages.js";
import { Watch } from "./watch.js";

export { expect, PASSWORD };
export type { Locator, Page };

/** What a project of the tests can choose. */
export interface Options {
  database: "sqlite" | "postgresql";
}

/** Everybody who has an account. `colleague` is a second reviewer. */
export const PEOPLE = {
  owner: { email: "olga@example.com", name: "Olga Owner", role: "owner" },
  engineer: { email: "emil@example.com", name: "Emil Engineer", role: "engineer" },
  reviewer: { email: "rita@example.com", name: "Rita Reviewer", role: "reviewer" },
  colleague: { email: "carl@example.com", name: "Carl Colleague", role: "reviewer" },
  viewer: { email: "vera@example.com", name: "Vera Viewer", role: "viewer" },
} as const;

/** One of them. */
export type PersonName = keyof typeof PEOPLE;

/** A project of a test's own, whose logs are empty. */
export interface Project {
  id: string;
  name: string;
  /** The path of one of its pages, such as `logs?r=…`. */
  page(path: string): string;
}

/** A running server with its people. */
export class Installation {
  private readonly states = new Map<PersonName, Awaited<ReturnType<import("@playwright/test").BrowserContext["storageState"]>>>();
  private projects = 0;

  private constructor(
    readonly server: Server,
    /** The API key of an owner. */
    readonly key: string,
  ) {}

  /** Starts a server and makes the accounts. */
  static async start(database: Options["database"]): Promise<Installation> {
    const server = await Server.start(database);
    for (const { email, name, role } of Object.values(PEOPLE)) server.addPerson(email, name, role);
    return new Installation(server, server.createKey(PEOPLE.owner.email));
  }

  get origin(): string {
    return this.server.origin;
  }

  /** Sends rows to `/logs3`. */
  sendTraces(rows: object[]): Promise<unknown> {
    return this.server.sendTraces(this.key, rows);
  }

  /** Calls the REST interface as an owner. */
  call(method: string, path: string, body?: unknown): Promise<any> {
    return this.server.call(this.key, method, path, body);
  }

  /** Makes a project. */
  async project(start = "project"): Promise<Project> {
    this.projects += 1;
    const name = `${start} ${this.projects}`;
    const { id } = await this.call("POST", "/v1/project", { name });
    return { id, name, page: (path) => `/app/touchstone/p/${encodeURIComponent(name)}/${path}` };
  }

  /** Makes a question that is answered with a slider. */
  slider(project: Project, name: string): Promise<unknown> {
    return this.call("POST", "/v1/project_score", { project_id: project.id, name, score_type: "slider", description: `How is the ${name.toLowerCase()}?` });
  }

  /** Makes a question that is answered by choosing an option. */
  choice(project: Project, name: string, options: Record<string, number>): Promise<unknown> {
    const categories = Object.entries(options).map(([option, value]) => ({ name: option, value }));
    return this.call("POST", "/v1/project_score", { project_id: project.id, name, score_type: "categorical", categories });
  }

  /** A browser in which somebody is signed in. The first time they fill in the form. */
  async browserOf(browser: Browser, person: PersonName, options: object): Promise<Page> {
    if (!this.states.has(person)) {
      const context = await browser.newContext({ baseURL: this.origin });
      const page = await context.newPage();
      await signIn(page, PEOPLE[person].email);
      this.states.set(person, await context.storageState());
      await context.close();
    }
    const context = await browser.newContext({ ...options, baseURL: this.origin, storageState: this.states.get(person) });
    return context.newPage();
  }
}

interface WorkerFixtures extends Options {
  installation: Installation;
}

interface TestFixtures extends Record<PersonName, Page> {
  watch: Watch;
  project: Project;
  /** A browser in which nobody is signed in. */
  stranger: Page;
}

/** Makes the fixture of a person's page. */
function pageOf(person: PersonName) {
  return async (
    { browser, installation, watch, contextOptions, viewport }: { browser: Browser; installation: Installation; watch: Watch; contextOptions: object; viewport: object | null },
    use: (page: Page) => Promise<void>,
  ) => {
    const page = await installation.browserOf(browser, person, { ...contextOptions, viewport });
    await watch.over(page);
    await use(page);
    await watch.close(page);
  };
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  database: ["sqlite", { option: true, scope: "worker" }],
  installation: [
    async ({ database }, use) => {
      const installation = await Installation.start(database);
      await use(installation);
      await installation.server.remove();
    },
    { scope: "worker", timeout: 120_000 },
  ],
  watch: async ({}, use, info) => {
    const watch = new Watch(info);
    await use(watch);
    watch.verdict();
  },
  project: async ({ installation }, use) => use(await installation.project()),
  stranger: async ({ browser, installation, watch, contextOptions, viewport }, use) => {
    const context = await browser.newContext({ ...contextOptions, viewport, baseURL: installation.origin });
    const page = await context.newPage();
    await watch.over(page);
    await use(page);
    await watch.close(page);
  },
  owner: pageOf("owner"),
  engineer: pageOf("engineer"),
  reviewer: pageOf("reviewer"),
  colleague: pageOf("colleague"),
  viewer: pageOf("viewer"),
});

/** Opens an address and waits until the page is ready for input. */
export async function open(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await hydrated(page);
}
