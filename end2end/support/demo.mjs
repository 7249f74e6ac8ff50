// The demo project with its pages: what pictures are taken of, and what is looked at.

import { PASSWORD, Server } from "./server.mjs";

const COMPLETE_WITHIN = 120_000;

/** Who visits it. */
export const VISITOR = { email: "ines@fernway.example", name: "Ines Varga", password: PASSWORD };

/** The conversation that two reviewers read differently. */
const CUSTOMER = "c_20418";

/** Starts a server with the demo project, and waits until the project is whole and has its visitor. @returns {Promise<Server>} */
export async function startDemo() {
  process.env.TOUCHSTONE_LOG ??= "info";
  const server = await Server.start("sqlite", ["--demo"]);
  const until = Date.now() + COMPLETE_WITHIN;
  while (!server.log.includes("the demo project is complete")) {
    if (Date.now() > until) throw new Error(`The demo project was not complete in time:\n${server.log}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  server.addPerson(VISITOR.email, VISITOR.name, "owner");
  return server;
}

/** The paths of its pages. @param {Server} server */
export async function demoPages(server) {
  const key = server.createKey(VISITOR.email);
  const project = (await server.call(key, "GET", "/v1/project")).objects[0];
  const { objects: experiments } = await server.call(key, "GET", `/v1/experiment?project_id=${project.id}`);
  const { objects: datasets } = await server.call(key, "GET", `/v1/dataset?project_id=${project.id}`);
  const { events } = await server.call(key, "POST", `/v1/project_logs/${project.id}/fetch`, { limit: 1000 });
  const shown = events.find((/** @type {any} */ event) => event.is_root && event.metadata?.user_id === CUSTOMER);
  const [newest, before] = experiments.toSorted((/** @type {any} */ one, /** @type {any} */ other) => (one.created < other.created ? 1 : -1));
  const page = (/** @type {string} */ path) => `/app/touchstone/p/${encodeURIComponent(project.name)}/${path}`;
  const rowOf = async (/** @type {string} */ kind, /** @type {{ id: string }} */ object) =>
    (await server.call(key, "POST", `/v1/${kind}/${object.id}/fetch`, { limit: 1 })).events[0].root_span_id;
  const experiment = page(`experiments/${encodeURIComponent(newest.name)}`);
  const dataset = page(`datasets/${encodeURIComponent(datasets[0].name)}`);
  return {
    project: project.name,
    page,
    logs: page("logs"),
    trace: page(`logs?r=${shown.root_span_id}`),
    experiment,
    otherExperiment: before.name,
    experimentRow: `${experiment}?r=${await rowOf("experiment", newest)}`,
    dataset,
    datasetRow: `${dataset}?r=${await rowOf("dataset", datasets[0])}`,
  };
}

/** Waits until a page is alive and has nothing left to load. @param {import("@playwright/test").Page} page */
export async function settled(page) {
  await page.locator("html[data-hydrated=true]").waitFor({ state: "attached" });
  await page.waitForLoadState("load");
  await page.evaluate(() => document.fonts.ready);
  // Live pages never stop talking to the server, so what is drawn says when it is done: twice the same.
  let before = "";
  for (let look = 0; look < 40; look += 1) {
    const now = await page.evaluate(() => document.body.innerText);
    if (now === before) return;
    before = now;
    await page.waitForTimeout(100);
  }
}

/** The cookies of the visitor. @param {import("@playwright/test").Browser} browser @param {string} origin */
export async function visit(browser, origin) {
  const door = await browser.newContext({ baseURL: origin });
  const page = await door.newPage();
  await page.goto("/login");
  await page.getByLabel("Email").fill(VISITOR.email);
  await page.getByLabel("Password").fill(VISITOR.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((address) => !address.pathname.startsWith("/login"));
  const state = await door.storageState();
  await door.close();
  return state;
}
