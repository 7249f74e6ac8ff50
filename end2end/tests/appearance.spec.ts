// Every page in both themes and on both sizes: accessible, without errors, inside the screen, and still.

import { AxeBuilder } from "@axe-core/playwright";
import { expect, open, test, type Page, type Project } from "../support/fixtures.js";
import type { Installation } from "../support/fixtures.js";
import { card, hydrated, row, rows, trace } from "../support/pages.js";
import { child, many } from "../support/rows.mjs";

const LOOKS = [
  { look: "light", colorScheme: "light", viewport: { width: 1440, height: 900 } },
  { look: "dark", colorScheme: "dark", viewport: { width: 1440, height: 900 } },
  { look: "phone", colorScheme: "light", viewport: { width: 390, height: 844 } },
  { look: "phone-dark", colorScheme: "dark", viewport: { width: 390, height: 844 } },
] as const;

const QUESTIONS = [
  ["Can you replace a snapped tent pole before Friday?", "Yes. Pole set 4410-B leaves our warehouse **today**; it should reach you on Thursday."],
  ["You charged me twice for the same rain jacket.", "I can see both charges. The second is an authorisation that falls away by itself within five days."],
  ["Where is my parcel? It says delivered.", "The carrier recorded delivery to a neighbour at number 14 at 11:42 today."],
  ["Do the Ridge 2 boots run small?", "Most customers between sizes are happier with the larger one."],
  ["Can I wash the down sleeping bag at home?", "Yes, washing at home is fine. Use a front-loading machine and a down detergent."],
  ["Is the Tarn jacket free of PFAS?", "The jacket made since 2025 is; the older one is not. The label inside says which you have."],
] as const;

/** A project that looks like one that is used. */
async function furnish(installation: Installation): Promise<{ project: Project; open: string }> {
  const project = await installation.project("support-assistant");
  await installation.slider(project, "Preference");
  await installation.choice(project, "Resolution", { "Not resolved": 0, Partly: 0.4, Resolved: 0.8, Exceeded: 1 });
  const topics = { name: "Topic", score_type: "categorical", categories: ["Warranty", "Delivery", "Payment", "Something else"], config: { destination: "expected", multi_select: true } };
  const text = { name: "What should change", score_type: "free-form", description: "For whoever edits the **prompt** next.", config: { destination: "metadata.review.change", required: true, hotkey: "b" } };
  for (const question of [topics, text]) await installation.call("POST", "/v1/project_score", { project_id: project.id, ...question });
  const traces = many(project.id, 60, (index) => {
    const [question, answer] = QUESTIONS[index % QUESTIONS.length]!;
    return {
      name: ["answer_ticket", "refund_flow", "track_parcel"][index % 3],
      input: question,
      output: answer,
      tags: index % 4 === 0 ? ["Triage", "warranty"] : [],
      metadata: { model: "gpt-4o-mini", order: { id: `FW-${20_000 + index}`, total: 389, coupon: null } },
      metrics: { start: 1_700_000_000, end: 1_700_000_000 + (index % 7) / 2 + 0.4, tokens: 400 + index * 13 },
      scores: { Factuality: ((index * 37) % 101) / 100, ...(index % 3 === 0 ? { Preference: ((index * 53) % 101) / 100 } : {}) },
      ...(index % 11 === 5 ? { error: "The order system did not answer within ten seconds." } : {}),
    };
  });
  const last = traces[traces.length - 1]!;
  const call = child(last, {
    name: "draft",
    input: [
      { role: "system", content: "You are the support assistant of an outdoor shop." },
      { role: "user", content: last.input },
    ],
    output: [{ role: "assistant", content: last.output }],
    metrics: { start: 1_700_000_000.2, end: 1_700_000_001.4, tokens: 212 },
  });
  await installation.sendTraces([...traces, call]);
  await installation.call("PUT", "/v1/answer", { object_type: "project_logs", object_id: project.id, id: last.id, question: "Preference", value: 0.86 });
  await installation.call("PUT", "/v1/answer", { object_type: "project_logs", object_id: project.id, id: last.id, question: "Topic", value: ["Delivery", "Payment"] });
  // One score was better before and one worse, so that both directions are drawn.
  const { id: earlier } = await installation.call("POST", "/v1/experiment", { project_id: project.id, name: "earlier" });
  await installation.call("POST", `/v1/experiment/${earlier}/insert`, { events: [{ id: "r", input: "before", scores: { Factuality: 0.4, Tone: 0.9 } }] });
  const experiment = await installation.call("POST", "/v1/experiment", { project_id: project.id, name: "baseline" });
  const cases = QUESTIONS.map(([input, output], index) => ({
    id: `case-${index}`, experiment_id: experiment.id, span_id: `case-${index}`, root_span_id: `case-${index}`, input, output, expected: output,
    span_attributes: { name: "eval", type: "eval" }, scores: { Factuality: 0.6 + index / 20, Tone: 1 - index / 10 },
  }));
  await installation.sendTraces(cases);
  const dataset = await installation.call("POST", "/v1/dataset", { project_id: project.id, name: "baseline" });
  await installation.call("POST", `/v1/dataset/${dataset.id}/insert`, { events: QUESTIONS.map(([input, expected]) => ({ input, expected })) });
  return { project, open: last.root_span_id };
}

let furnished: ReturnType<typeof furnish> | undefined;
test.beforeAll(({ installation }) => void (furnished ??= furnish(installation)));

async function expectGoodLooks(page: Page, name: string, look: string): Promise<void> {
  const wider = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    return [...document.querySelectorAll("body *")].filter((element) => element.getBoundingClientRect().right > width + 1).map((element) => element.outerHTML.slice(0, 120)).slice(0, 5);
  });
  expect(wider, `${name} (${look}): wider than the screen`).toEqual([]);
  const runOnly = { type: "tag" as const, values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] };
  // Who speaks to the page says what stands on it.
  const rules = { "label-content-name-mismatch": { enabled: true } };
  const { violations } = await new AxeBuilder({ page }).options({ runOnly, rules }).analyze();
  const found = violations.map(({ id, help, nodes }) => ({ id, help, nodes: nodes.slice(0, 3).map((node) => `${node.html.slice(0, 200)} ${node.any[0]?.message ?? node.all[0]?.message ?? ""}`) }));
  expect(found, `${name} (${look}): accessibility`).toEqual([]);
}

const LISTS = { experiments: "Experiments", datasets: "Datasets" } as const;

const PROJECT_PAGES = {
  configuration: "configuration",
  tags: "configuration/tags",
  members: "configuration/members",
  keys: "configuration/keys",
  account: "configuration/account",
} as const;

for (const { look, colorScheme, viewport } of LOOKS) {
  test.describe(look, () => {
    test.use({ viewport });

    test("sign-in page", async ({ stranger }) => {
      await stranger.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await open(stranger, "/login");
      await expectGoodLooks(stranger, "login", look);
    });

    test("the pages behind links", async ({ owner, stranger, watch }) => {
      const { project } = await furnished!;
      await stranger.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await open(owner, project.page("configuration/members"));
      const email = `${look}@example.com`;
      await owner.getByLabel("Email").fill(email);
      await owner.getByRole("button", { name: "Invite" }).click();
      const join = owner.getByText(/\/join\/\S+$/).first();
      await open(stranger, (await join.innerText()).trim());
      await expect(stranger.getByRole("heading", { name: "Join Touchstone" })).toBeVisible();
      await expectGoodLooks(stranger, "join", look);

      await owner.getByRole("listitem").filter({ hasText: "vera@example.com" }).getByRole("button", { name: /Password link/ }).click();
      const reset = owner.getByText(/\/reset\/\S+$/).first();
      await open(stranger, (await reset.innerText()).trim());
      await expect(stranger.getByRole("heading", { name: "Choose a new password" })).toBeVisible();
      await expectGoodLooks(stranger, "reset", look);

      watch.allow(/status of 404/);
      await open(stranger, "/join/nothing");
      await expect(stranger.getByRole("alert")).toBeVisible();
      await expectGoodLooks(stranger, "not-found", look);
    });

    test("projects", async ({ owner }) => {
      await furnished;
      await owner.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await open(owner, "/app/touchstone");
      await expect(owner.getByRole("heading", { name: "Projects" })).toBeVisible();
      await expectGoodLooks(owner, "projects", look);
    });

    test("logs", async ({ owner }) => {
      const { project } = await furnished!;
      await owner.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await owner.addInitScript(() => {
        const shifts = { total: 0 };
        Object.assign(window, { shifts });
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) shifts.total += (entry as PerformanceEntry & { value: number }).value;
        }).observe({ type: "layout-shift", buffered: true });
      });
      await open(owner, project.page("logs"));
      await expect(rows(owner).first()).toBeVisible();
      await owner.waitForTimeout(500);
      const shift = await owner.evaluate(() => (window as unknown as { shifts: { total: number } }).shifts.total);
      test.info().annotations.push({ type: "measured", description: `cumulative layout shift: ${shift.toFixed(4)}` });
      expect(shift).toBeLessThanOrEqual(0.02);
      await expectGoodLooks(owner, "logs", look);
    });

    test("trace", async ({ owner }) => {
      const { project, open: opened } = await furnished!;
      await owner.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await open(owner, project.page(`logs?r=${opened}`));
      await expect(trace(owner)).toBeVisible();
      await expectGoodLooks(owner, "trace", look);
    });

    test("empty project", async ({ owner, project }) => {
      await owner.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await open(owner, project.page("logs"));
      await expectGoodLooks(owner, "empty", look);
      for (const name of ["experiments", "datasets", "review", "activity"]) {
        await open(owner, project.page(name));
        await expect(owner.getByRole("heading", { level: 1 })).toBeVisible();
        await expectGoodLooks(owner, `empty ${name}`, look);
      }
    });

    for (const [name, heading] of Object.entries(LISTS)) {
      test(name, async ({ owner }) => {
        const { project } = await furnished!;
        await owner.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await open(owner, project.page(name));
        await expect(owner.getByRole("heading", { name: heading, level: 1 })).toBeVisible();
        await expect(owner.getByRole("link", { name: "baseline" })).toBeVisible();
        await expectGoodLooks(owner, name, look);
      });
    }

    test("experiment", async ({ owner }) => {
      const { project } = await furnished!;
      await owner.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await open(owner, project.page("experiments/baseline"));
      await expect(rows(owner).first()).toBeVisible();
      await expect(card(owner, "Factuality")).toContainText("+32.5");
      await expect(card(owner, "Tone")).toContainText("−15.0");
      await expectGoodLooks(owner, "experiment", look);
    });

    for (const [name, path] of Object.entries(PROJECT_PAGES)) {
      test(name, async ({ owner }) => {
        const { project } = await furnished!;
        await owner.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await open(owner, project.page(path));
        await expect(owner.getByRole("heading", { name: "Configuration" })).toBeVisible();
        await expectGoodLooks(owner, name, look);
      });
    }

    test("adding a score", async ({ owner }) => {
      const { project } = await furnished!;
      await owner.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await open(owner, project.page("configuration"));
      await owner.getByRole("button", { name: "Add human review score" }).click();
      const dialog = owner.getByRole("dialog");
      await dialog.getByLabel("Name", { exact: true }).fill("Helpfulness");
      await dialog.getByLabel("Type").selectOption("Categorical");
      await dialog.getByRole("button", { name: "Add option" }).click();
      await dialog.getByRole("textbox", { name: "Option 1", exact: true }).fill("Very");
      await expectGoodLooks(owner, "configuration-add", look);
      await dialog.getByLabel("Type").selectOption("Free-form text");
      await dialog.getByLabel("Some people or roles").check();
      await dialog.getByRole("button", { name: "Save" }).click();
      await expect(dialog.getByLabel("Metadata path")).toHaveAttribute("aria-invalid", "true");
      await expectGoodLooks(owner, "configuration-add-text", look);
    });
  });
}

test("the theme button keeps its choice", async ({ owner }) => {
  await open(owner, "/app/touchstone");
  const button = owner.getByRole("button", { name: /^Theme/ });
  await button.click();
  await expect(owner.locator("html")).toHaveAttribute("data-theme", "light");
  await button.click();
  await expect(owner.locator("html")).toHaveAttribute("data-theme", "dark");
  await owner.reload();
  await expect(owner.locator("html")).toHaveAttribute("data-theme", "dark");
  await hydrated(owner);
});

test("a row can be opened with the keyboard, and the focus is seen", async ({ owner }) => {
  const { project } = await furnished!;
  await open(owner, project.page("logs"));
  const link = rows(owner).first().getByRole("link").first();
  await link.focus();
  await owner.keyboard.press("Shift+Tab");
  await owner.keyboard.press("Tab");
  await expect(link).toBeFocused();
  const outline = await link.evaluate((element) => {
    const style = getComputedStyle(element);
    return style.outlineStyle !== "none" || style.boxShadow !== "none";
  });
  expect(outline).toBe(true);
  const id = await rows(owner).first().getAttribute("data-row-id");
  await owner.keyboard.press("Enter");
  await expect(trace(owner)).toBeVisible();
  await owner.keyboard.press("Escape");
  await expect(row(owner, id!)).toBeVisible();
});
