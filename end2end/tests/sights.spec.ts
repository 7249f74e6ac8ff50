// What every page looks like at every width: nothing is cut off, upon another, sideways or too small to hit, and axe finds nothing.
//
// Every run looks at three widths in one theme. TOUCHSTONE_SIGHTS=all looks at six, in both themes, and twice as large.

import type { Browser, Locator } from "@playwright/test";
import { demoPages, settled, startDemo, visit } from "../support/demo.mjs";
import { expect as expectSoon, test, type Installation, type Page, type Project } from "../support/fixtures.js";
import { question, rows, trace } from "../support/pages.js";
import { child, root } from "../support/rows.mjs";
import { faultsOf, lines } from "../support/sights.js";
import { Watch } from "../support/watch.js";

/** Looking takes long where much else goes on: how fast a page is, is measured elsewhere. */
const PATIENCE = 60_000;
const expect = expectSoon.configure({ timeout: PATIENCE });

interface Look {
  name: string;
  width: number;
  height: number;
  theme: "light" | "dark";
  /** How many pixels of the screen a pixel of the page has: twice as large is half the window. */
  scale: number;
}

const THEMES = ["light", "dark"] as const;

/** No window is narrower than this: what is twice as large on a phone is not laid out anew, but moved about. */
const NARROWEST = 320;

/** A window of so many pixels of the screen. */
function look(width: number, theme: Look["theme"] = "light", scale = 1): Look {
  const [across, down] = [width / scale, (width < 721 ? 844 : 900) / scale];
  return { name: `${width} px, ${theme}, ${scale * 100} %`, width: across, height: down, theme, scale };
}

const LOOKS: Look[] =
  process.env.TOUCHSTONE_SIGHTS === "all"
    ? [1, 2].flatMap((scale) => [320, 390, 720, 1024, 1440, 2560].filter((width) => width / scale >= NARROWEST).flatMap((width) => THEMES.map((theme) => look(width, theme, scale))))
    : [390, 1024, 1440].map((width) => look(width));

/** Something to look at: an address, and what one does there. */
interface Sight {
  at: string;
  /** Somebody who is not signed in. */
  stranger?: boolean;
  /** What the page is refused, if that is what is to be seen. */
  refused?: RegExp;
  does?: (page: Page) => Promise<void>;
  /** Whether it is the tour that is looked at; elsewhere it was taken already. */
  tour?: boolean;
}

type Demo = Awaited<ReturnType<typeof demoPages>>;

const press = (name: string) => async (page: Page) => {
  await page.getByRole("button", { name, exact: true }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
};

/** Presses a key, which leads to something. */
const lead = (key: string, to: (page: Page) => Locator) => async (page: Page) => {
  await page.keyboard.press(key);
  await expect(to(page)).toBeFocused();
};

/** Waits until the trace of the address is drawn: its keys mean something from then on. */
const read = async (page: Page) => expect(trace(page)).not.toHaveAttribute("aria-busy");

/** Where the form is a sheet, it is opened. */
const unfolded = async (page: Page) => {
  const handle = page.getByRole("region", { name: "Human review" }).getByRole("button", { name: /^All \d+ questions/ });
  if (await handle.isVisible()) await handle.click();
};

const laidOut = (layout: string) => async (page: Page) => {
  await read(page);
  const tab = page.getByRole("tablist", { name: "Trace layout" }).getByRole("tab", { name: layout });
  await tab.click();
  await expect(tab).toHaveAttribute("aria-selected", "true");
};

const conditions = async (page: Page, count: number) => expect(page.getByRole("list", { name: "Conditions" }).getByRole("listitem")).toHaveCount(count);

const filtered = (list: string, filter: string) => `${list}${list.includes("?") ? "&" : "?"}filter=${encodeURIComponent(filter)}`;

/** Conditions of every kind, long ones among them, that rows of the demo fulfil. */
const MANY = [
  "scores.Preference < 101%", "metadata.user_id is not null", "created > now() - interval 365 day", "(error is null or error is not null)",
  "input not like '%words that no customer of any shop has ever written into a form, however long they sat there%'",
];

const SIGHTS: Record<string, (demo: Demo) => Sight> = {
  "sign-in": () => ({ at: "/login", stranger: true }),
  "a link that leads nowhere": () => ({ at: "/join/nothing", stranger: true, refused: /status of 404/ }),
  projects: () => ({ at: "/app/touchstone" }),
  "a page that is not there": ({ page }) => ({ at: page("nothing"), refused: /status of 404/ }),
  logs: ({ logs }) => ({ at: logs }),
  tour: ({ logs }) => ({ at: logs, tour: true, does: (page) => expect(page.getByRole("button", { name: "Skip" })).toBeVisible() }),
  "logs, nothing found": ({ logs }) => ({ at: filtered(logs, "tags includes 'nobody has this'"), does: (page) => conditions(page, 1) }),
  "logs, a filter with mistakes": ({ logs }) => ({ at: filtered(logs, "scores.Preference >> 'a lot' and"), does: (page) => expect(page.getByRole("alert")).toBeVisible() }),
  "logs, many conditions": ({ logs }) => ({ at: filtered(logs, MANY.join(" and ")), does: (page) => conditions(page, MANY.length) }),
  "a row at the cursor": ({ logs }) => ({ at: logs, does: lead("j", (page) => rows(page).nth(0).getByRole("link")) }),
  "sheet of keys": ({ logs }) => ({
    at: logs,
    does: async (page) => {
      await page.keyboard.press("?");
      await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
    },
  }),
  trace: ({ trace }) => ({ at: trace, does: read }),
  "trace, the form open": ({ trace }) => ({
    at: trace,
    does: async (page) => {
      await read(page);
      await unfolded(page);
    },
  }),
  "trace, a comment begun": ({ trace }) => ({
    at: trace,
    does: async (page) => {
      await read(page);
      await lead("c", (page) => page.getByRole("textbox", { name: "Add a comment" }))(page);
      await page.keyboard.type("The depot says otherwise.");
      await expect(page.getByRole("button", { name: "Comment", exact: true })).toBeVisible();
    },
  }),
  "trace, a tag begun": ({ trace }) => ({
    at: trace,
    does: async (page) => {
      await read(page);
      await lead("t", (page) => page.getByRole("combobox", { name: "Add a tag" }))(page);
      await expect(page.getByRole("listbox", { name: "Tags" })).toBeVisible();
    },
  }),
  "trace, words looked for": ({ trace }) => ({
    at: trace,
    does: async (page) => {
      await read(page);
      await page.getByRole("button", { name: "Find in trace" }).click();
      await page.getByRole("searchbox", { name: "Find in trace" }).fill("order");
      await expect(page.getByRole("status").filter({ hasText: /^In \d+ spans?/ })).toBeVisible();
    },
  }),
  "trace on a timeline": ({ trace }) => ({ at: trace, does: laidOut("Timeline") }),
  "trace as a conversation": ({ trace }) => ({ at: trace, does: laidOut("Conversation") }),
  "trace of a filtered list": ({ trace }) => ({ at: filtered(trace, "metadata.user_id is not null"), does: read }),
  experiments: ({ page }) => ({ at: page("experiments") }),
  experiment: ({ experiment }) => ({ at: experiment }),
  "experiment, conditions": ({ experiment }) => ({ at: filtered(experiment, "created is not null and input is not null"), does: (page) => conditions(page, 2) }),
  "changing an experiment": ({ experiment }) => ({ at: experiment, does: press("Edit experiment") }),
  "row of an experiment": ({ experimentRow }) => ({ at: experimentRow, does: read }),
  datasets: ({ page }) => ({ at: page("datasets") }),
  dataset: ({ dataset }) => ({ at: dataset }),
  "dataset, conditions": ({ dataset }) => ({ at: filtered(dataset, "created is not null and input is not null"), does: (page) => conditions(page, 2) }),
  "row of a dataset": ({ datasetRow }) => ({ at: datasetRow, does: read }),
  "two experiments beside each other": ({ experiment, page, otherExperiment }) => ({
    at: `${experiment}/compare?with=${encodeURIComponent(otherExperiment)}`,
    does: async (page) => expect(page.getByRole("region", { name: "Summary" }).getByRole("group").first()).toBeVisible(),
  }),
  "uploading a file": ({ dataset }) => ({ at: dataset, does: press("Upload") }),
  "choosing columns": ({ logs }) => ({ at: logs, does: press("Columns") }),
  "grouping rows": ({ logs }) => ({ at: logs, does: press("Group") }),
  "rows in groups": ({ logs }) => ({ at: `${logs}?group=tags`, does: async (page) => expect(page.getByRole("row").nth(2)).toBeVisible() }),
  "adding a condition": ({ logs }) => ({
    at: logs,
    does: async (page) => {
      await page.getByRole("button", { name: "Add filter" }).click();
      await expect(page.getByRole("dialog", { name: "Add filter" }).getByLabel("Filter by")).toBeVisible();
    },
  }),
  "command palette": ({ logs }) => ({
    at: logs,
    does: async (page) => {
      await page.keyboard.press("Control+k");
      await expect(page.getByRole("dialog", { name: "Command palette" })).toBeVisible();
    },
  }),
  "flagging a trace": ({ trace }) => ({
    at: trace,
    does: async (page) => {
      await read(page);
      await page.keyboard.press("m");
      await expect(page.getByRole("dialog")).toBeVisible();
    },
  }),
  "review mode": ({ trace }) => ({
    at: trace,
    does: async (page) => {
      await read(page);
      await page.keyboard.press("r");
      await expect(page.getByRole("button", { name: "Complete and continue" })).toBeVisible();
      await unfolded(page);
    },
  }),
  "review lists": ({ page }) => ({ at: page("review"), does: async (page) => expect(page.getByRole("link", { name: "Board" })).toBeVisible() }),
  "review board": ({ page }) => ({
    at: page("review"),
    does: async (page) => {
      await page.getByRole("link", { name: "Board" }).click();
      await expect(page.getByRole("heading", { name: /^Backlog/ })).toBeVisible();
    },
  }),
  "a review list": ({ page }) => ({
    at: page("review"),
    does: async (page) => {
      // On a phone nobody sets lists up.
      await page.setViewportSize({ width: 1440, height: 900 });
      await press("New list")(page);
    },
  }),
  "versions of a dataset": ({ dataset }) => ({ at: dataset, does: press("Versions") }),
  "adding a row to a dataset": ({ dataset }) => ({ at: dataset, does: press("Add row") }),
  "filling a review list": ({ page }) => ({ at: page("review"), does: press("Fill") }),
  "rules of a review list": ({ page }) => ({ at: page("review"), does: press("Rules") }),
  home: ({ page }) => ({ at: page("home") }),
  inbox: ({ page }) => ({ at: page("inbox") }),
  activity: ({ page }) => ({ at: page("activity") }),
  questions: ({ page }) => ({ at: page("configuration") }),
  "a question": ({ page }) => ({ at: page("configuration"), does: press("Add human review score") }),
  tags: ({ page }) => ({ at: page("configuration/tags") }),
  "a tag": ({ page }) => ({ at: page("configuration/tags"), does: press("Add tag") }),
  "review settings": ({ page }) => ({ at: page("configuration/review") }),
  members: ({ page }) => ({ at: page("configuration/members") }),
  keys: ({ page }) => ({ at: page("configuration/keys") }),
  account: ({ page }) => ({ at: page("configuration/account") }),
  "renaming a project": ({ project }) => ({ at: "/app/touchstone", does: press(`Rename ${project}`) }),
  "deleting a project": ({ project }) => ({ at: "/app/touchstone", does: press(`Delete ${project}`) }),
};

/** Looks at a page at every width; what is wrong is told with the page and the width. It is loaded once for each scale, at the narrowest. */
async function expectToLookRight(browser: Browser, origin: string, storageState: object | undefined, name: string, sight: Sight): Promise<void> {
  const watch = new Watch(test.info());
  if (sight.refused) watch.allow(sight.refused);
  const wrong: string[] = [];
  for (const scale of new Set(LOOKS.map((look) => look.scale))) {
    const looks = LOOKS.filter((look) => look.scale === scale);
    const { width, height } = looks[0]!;
    const context = await browser.newContext({
      baseURL: origin, storageState: storageState as never, viewport: { width, height }, deviceScaleFactor: scale, reducedMotion: "reduce", locale: "en-GB", timezoneId: "UTC",
    });
    if (!sight.tour) await context.addCookies([{ name: "touchstone_tour", value: "done", url: origin }]);
    context.setDefaultTimeout(PATIENCE);
    context.setDefaultNavigationTimeout(PATIENCE);
    const page = await context.newPage();
    await watch.over(page);
    await page.goto(sight.at);
    await settled(page);
    await sight.does?.(page);
    for (const look of looks) {
      await page.setViewportSize({ width: look.width, height: look.height });
      await page.emulateMedia({ colorScheme: look.theme, reducedMotion: "reduce" });
      await settled(page);
      wrong.push(...lines(await faultsOf(page)).map((line) => `${name}, ${look.name}: ${line}`));
    }
    await context.close();
  }
  watch.verdict();
  expect(wrong.join("\n")).toBe("");
}

test.describe("the demo", () => {
  test.describe.configure({ timeout: (LOOKS.length + 2) * PATIENCE });
  let server: Awaited<ReturnType<typeof startDemo>>;
  let demo: Demo;
  let visitor: Awaited<ReturnType<typeof visit>>;

  test.beforeAll(async ({ browser }) => {
    server = await startDemo();
    demo = await demoPages(server);
    visitor = await visit(browser, server.origin);
  });
  test.afterAll(async () => void (await server?.remove()));

  for (const [name, of] of Object.entries(SIGHTS)) {
    test(name, async ({ browser }) => {
      const sight = of(demo);
      await expectToLookRight(browser, server.origin, sight.stranger ? undefined : visitor, name, sight);
    });
  }
});

/** Names as nobody should choose them. */
const NAMES = {
  letters: "W".repeat(400),
  words: "a name of very many words ".repeat(16).trim(),
  emoji: "👩‍👩‍👧‍👦🏳️‍🌈".repeat(20),
  "other direction": `\u202eright to left\u202c ${"שלום عليكم ".repeat(18)}\u200f\u200f`,
};

/** A name that an experiment or a dataset can have: signs that turn the direction of text are refused there. */
const objectName = (name: string) => [...name.replace(/[\u200e\u200f\u202a-\u202e]/g, "")].slice(0, 150).join("").trim();

/** A project of all that. */
async function overfill(installation: Installation): Promise<{ project: Project; traces: string[]; experiment: string; dataset: string }> {
  const project = await installation.project("overfull");
  const options = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`Option ${index + 1}${index % 7 === 0 ? ` ${"unbroken".repeat(12)}` : ""}`, index / 39]));
  await installation.choice(project, "Forty options", options);
  const description = "What is asked, at length. ".repeat(800).slice(0, 20_000);
  await installation.call("POST", "/v1/project_score", { project_id: project.id, name: "Long description", score_type: "slider", description });
  const scores = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`Score ${index} ${"of a long name ".repeat(index % 5)}`.trim(), index / 60]));
  const sent = Object.values(NAMES).flatMap((name) => {
    const top = root(project.id, { name, input: name, output: { [name.slice(0, 200)]: name, list: [name] }, scores, tags: [name.slice(0, 100)], metadata: { [name.slice(0, 60)]: name } });
    let above = top;
    const below = Array.from({ length: 12 }, (_, depth) => (above = child(above, { name: `${depth} ${name}`, error: depth % 5 === 0 ? name : undefined })));
    return [top, ...below];
  });
  await installation.sendTraces(sent);
  for (const name of Object.values(NAMES)) {
    const { id } = await installation.call("POST", "/v1/experiment", { project_id: project.id, name: objectName(name), description });
    await installation.call("POST", `/v1/experiment/${id}/insert`, { events: [{ id: "row", input: name, output: name, expected: name, scores }] });
    const dataset = await installation.call("POST", "/v1/dataset", { project_id: project.id, name: objectName(name), description });
    await installation.call("POST", `/v1/dataset/${dataset.id}/insert`, { events: [{ id: "row", input: name, expected: { [name.slice(0, 60)]: name } }] });
  }
  const traces = sent.filter((row) => row.span_parents === undefined).map((row) => row.root_span_id as string);
  return { project, traces, experiment: objectName(NAMES.letters), dataset: objectName(NAMES.letters) };
}

test.describe("names and texts without measure", () => {
  test.describe.configure({ timeout: (LOOKS.length + 2) * PATIENCE });
  let overfull: Awaited<ReturnType<typeof overfill>>;
  let state: object;

  test.beforeAll(async ({ installation, browser }) => {
    overfull = await overfill(installation);
    const page = await installation.browserOf(browser, "owner", {});
    state = await page.context().storageState();
    await page.context().close();
  });

  const PAGES: Record<string, (filled: typeof overfull) => Sight> = {
    projects: () => ({ at: "/app/touchstone" }),
    logs: ({ project }) => ({ at: project.page("logs") }),
    experiments: ({ project }) => ({ at: project.page("experiments") }),
    experiment: ({ project, experiment }) => ({ at: project.page(`experiments/${encodeURIComponent(experiment)}`) }),
    datasets: ({ project }) => ({ at: project.page("datasets") }),
    dataset: ({ project, dataset }) => ({ at: project.page(`datasets/${encodeURIComponent(dataset)}`) }),
    questions: ({ project }) => ({ at: project.page("configuration") }),
    "a question of forty options": ({ project }) => ({ at: project.page("configuration"), does: press("Edit Forty options") }),
    ...Object.fromEntries(
      Object.keys(NAMES).map((name, index) => [
        `trace of ${name}`,
        ({ project, traces }: typeof overfull): Sight => ({
          at: project.page(`logs?r=${traces[index]}`),
          does: async (page) => {
            await expect(trace(page)).toBeVisible();
            await unfolded(page);
            await expect(question(page, "Forty options")).toBeVisible();
          },
        }),
      ]),
    ),
  };
  for (const [name, of] of Object.entries(PAGES)) {
    test(name, async ({ installation, browser }) => expectToLookRight(browser, installation.origin, state, `${name}, overfull`, of(overfull)));
  }
});

test("a row of the overfull list is still a row", async ({ owner, installation, project }) => {
  await installation.sendTraces(Object.values(NAMES).map((name) => root(project.id, { name, input: name, output: name })));
  await owner.goto(project.page("logs"));
  await settled(owner);
  const heights = await rows(owner).evaluateAll((elements) => elements.map((element) => element.getBoundingClientRect().height));
  expect(heights).toHaveLength(Object.keys(NAMES).length);
  expect(new Set(heights).size).toBe(1);
});
