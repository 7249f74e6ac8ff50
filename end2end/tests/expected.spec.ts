import { expect, open, test, PEOPLE, type Installation, type Locator, type Page, type Project } from "../support/fixtures.js";
import { delay } from "../support/landing.js";
import { field, hydrated, row } from "../support/pages.js";
import { root } from "../support/rows.mjs";

const BEFORE = "The parcel leaves our warehouse today and should reach you on Thursday.";

/** A project with one trace, and where it is. */
async function sent(installation: Installation, project: Project, fields: object = {}) {
  const span = root(project.id, { name: "answer_ticket", ...fields });
  await installation.sendTraces([span]);
  return project.page(`logs?r=${span.root_span_id}`);
}

/** What stands in `expected` of the only row. */
async function stored(installation: Installation, project: Project): Promise<unknown> {
  const { events } = await installation.call("POST", `/v1/project_logs/${project.id}/fetch`, { limit: 1 });
  return events[0].expected;
}

const editor = (page: Page): Locator => page.getByRole("textbox", { name: "Expected" });
const format = (page: Page, name: string): Locator => page.getByRole("group", { name: "Written as" }).getByRole("button", { name });
const difference = (page: Page): Locator => page.getByRole("group", { name: "Difference" });
const conflict = (page: Page): Locator => page.getByRole("group", { name: "Conflict in expected" });
const button = (page: Page, name: string): Locator => page.getByRole("button", { name, exact: true });

async function edit(page: Page): Promise<void> {
  await button(page, "Edit expected").click();
  await expect(editor(page)).toBeFocused();
}

async function write(page: Page, text: string): Promise<void> {
  await edit(page);
  await editor(page).fill(text);
  await editor(page).press("Control+Enter");
  await expect(editor(page)).toHaveCount(0);
}

test("an empty expected is written as YAML, and what is stored is seen before", async ({ installation, project, reviewer }) => {
  await open(reviewer, await sent(installation, project, { output: { answer: "no" } }));
  await reviewer.keyboard.press("e");
  await expect(editor(reviewer)).toBeFocused();
  await format(reviewer, "YAML").click();
  await expect(format(reviewer, "YAML")).toHaveAttribute("aria-pressed", "true");
  await editor(reviewer).fill("answer: no\nsure: true\norders:\n  - 9007199254740993\n");
  await expect(reviewer.getByRole("group", { name: "Stored as" })).toContainText('{"answer":"no","sure":true,"orders":[9007199254740993]}');
  await format(reviewer, "JSON").click();
  await expect(editor(reviewer)).toHaveValue('{\n  "answer": "no",\n  "sure": true,\n  "orders": [\n    9007199254740993\n  ]\n}');
  await format(reviewer, "YAML").click();
  await expect(editor(reviewer)).toHaveValue("answer: \"no\"\nsure: true\norders:\n  - 9007199254740993\n");
  await editor(reviewer).press("Control+Enter");
  await expect(field(reviewer, "Expected")).toContainText("9007199254740993");
  await expect(editor(reviewer)).toHaveCount(0);
  await expect.poll(() => stored(installation, project)).toMatchObject({ answer: "no", sure: true });
  await expect(reviewer.getByRole("region", { name: "Activity" })).toContainText("edited expected");
});

test("a mistake has its place, and the caret goes there", async ({ installation, project, reviewer }) => {
  await open(reviewer, await sent(installation, project, { output: { answer: "no" } }));
  await edit(reviewer);
  await editor(reviewer).fill('{\n  "ä": ,\n}');
  const place = button(reviewer, "Line 2, column 8");
  await expect(place).toBeVisible();
  await expect(field(reviewer, "Expected")).toContainText("A value is missing here");
  await expect(editor(reviewer)).toHaveAttribute("aria-invalid", "true");
  await place.click();
  await expect(editor(reviewer)).toBeFocused();
  expect(await editor(reviewer).evaluate((field: HTMLTextAreaElement) => field.selectionStart)).toBe(9);
  // Nothing is saved, and the caret says why.
  await editor(reviewer).press("Control+Home");
  await editor(reviewer).press("Control+Enter");
  await expect.poll(() => editor(reviewer).evaluate((field: HTMLTextAreaElement) => field.selectionStart)).toBe(9);
  await editor(reviewer).fill('{ "ä":   1 }');
  await button(reviewer, "Format").click();
  await expect(editor(reviewer)).toHaveValue('{\n  "ä": 1\n}');
});

test("the text is compared with what is stored and with the output", async ({ installation, project, reviewer }) => {
  await open(reviewer, await sent(installation, project, { output: BEFORE.replace("Thursday", "Monday"), expected: BEFORE }));
  await edit(reviewer);
  await expect(format(reviewer, "Text")).toHaveAttribute("aria-pressed", "true");
  await expect(difference(reviewer)).toContainText("No difference.");
  await editor(reviewer).fill(BEFORE.replace("Thursday", "Friday"));
  await expect(difference(reviewer).locator("del")).toHaveText("Thursday");
  await expect(difference(reviewer).locator("ins")).toHaveText("Friday");
  await button(reviewer, "Against output").click();
  await expect(difference(reviewer).locator("del")).toHaveText("Monday");
});

test("a draft survives Cancel and a reload", async ({ installation, project, reviewer }) => {
  await open(reviewer, await sent(installation, project, { expected: BEFORE }));
  await edit(reviewer);
  await editor(reviewer).fill("My draft.");
  await editor(reviewer).press("Escape");
  await expect(editor(reviewer)).toHaveCount(0);
  await expect(button(reviewer, "Edit expected")).toBeFocused();
  await expect(reviewer.getByRole("article", { name: /^Trace/ })).toBeVisible();
  await reviewer.reload();
  await hydrated(reviewer);
  await edit(reviewer);
  await expect(editor(reviewer)).toHaveValue("My draft.");
  await button(reviewer, "Start over").click();
  await expect(editor(reviewer)).toHaveValue(BEFORE);
  await button(reviewer, "Cancel").click();
  await edit(reviewer);
  await expect(editor(reviewer)).toHaveValue(BEFORE);
  expect(await stored(installation, project)).toBe(BEFORE);
});

test("beside a text the first edit is a text, and an edit that was begun stands there", async ({ installation, project, reviewer }) => {
  await open(reviewer, await sent(installation, project, { output: BEFORE }));
  await edit(reviewer);
  await expect(format(reviewer, "Text")).toHaveAttribute("aria-pressed", "true");
  await editor(reviewer).fill("The correct answer.");
  await editor(reviewer).press("Escape");
  await expect(field(reviewer, "Expected")).toContainText("Unsaved edit");
  await reviewer.reload();
  await hydrated(reviewer);
  await expect(field(reviewer, "Expected")).toContainText("Unsaved edit");
  await edit(reviewer);
  await editor(reviewer).press("Control+Enter");
  await expect(editor(reviewer)).toHaveCount(0);
  await expect(field(reviewer, "Expected")).not.toContainText("Unsaved edit");
  await expect.poll(() => stored(installation, project)).toBe("The correct answer.");
});

for (const milliseconds of [0, 150]) {
  test(`an edit can begin with the output, with an answer after ${milliseconds} ms`, async ({ installation, project, reviewer }) => {
    await delay(reviewer, milliseconds);
    await open(reviewer, await sent(installation, project, { output: BEFORE, expected: "Nothing like it." }));
    await reviewer.keyboard.press("Shift+E");
    await expect(editor(reviewer)).toBeFocused();
    await expect(editor(reviewer)).toHaveValue(BEFORE);
    await expect(format(reviewer, "Text")).toHaveAttribute("aria-pressed", "true");
    // It is begun, so it waits where one left it, and takes the place of nothing that was begun before.
    await editor(reviewer).fill(BEFORE.replace("Thursday", "Friday"));
    await editor(reviewer).press("Escape");
    await expect(field(reviewer, "Expected")).toContainText("Unsaved edit");
    await reviewer.keyboard.press("Shift+E");
    await expect(editor(reviewer)).toHaveValue(BEFORE.replace("Thursday", "Friday"));
    await editor(reviewer).press("Control+Enter");
    await expect(editor(reviewer)).toHaveCount(0);
    await expect.poll(() => stored(installation, project)).toBe(BEFORE.replace("Thursday", "Friday"));
  });
}

/** Both change the same value; the engineer is first, while the reviewer types. */
async function both(installation: Installation, project: Project, reviewer: Page, engineer: Page) {
  const address = await sent(installation, project, { expected: BEFORE });
  await open(reviewer, address);
  await open(engineer, address);
  await edit(reviewer);
  await editor(reviewer).fill(BEFORE.replace("Thursday", "Friday"));
  await expect(difference(reviewer).locator("ins")).toHaveText("Friday");
  await write(engineer, BEFORE.replace("today", "tomorrow"));
  // What somebody else wrote is shown beside at once, and nothing that was typed is lost.
  const notice = reviewer.getByRole("status").filter({ hasText: "changed this meanwhile" });
  await expect(notice).toContainText(PEOPLE.engineer.name);
  await expect(notice.locator("ins")).toHaveText("tomorrow");
  await expect(editor(reviewer)).toHaveValue(BEFORE.replace("Thursday", "Friday"));
  await button(reviewer, "Save").click();
  await expect(conflict(reviewer).getByRole("group", { name: "Before" })).toHaveText(`Before${BEFORE}`);
  await expect(conflict(reviewer).getByRole("group", { name: "Mine" }).locator("ins")).toHaveText("Friday");
  await expect(conflict(reviewer).getByRole("group", { name: "Theirs" }).locator("ins")).toHaveText("tomorrow");
  expect(await stored(installation, project)).toBe(BEFORE.replace("today", "tomorrow"));
}

test("of two edits at once, one's own can be kept", async ({ installation, project, reviewer, engineer }) => {
  await both(installation, project, reviewer, engineer);
  await button(reviewer, "Keep mine").click();
  await expect(conflict(reviewer)).toHaveCount(0);
  await expect(field(reviewer, "Expected")).toContainText("Friday");
  expect(await stored(installation, project)).toBe(BEFORE.replace("Thursday", "Friday"));
});

test("of two edits at once, the other one can be kept", async ({ installation, project, reviewer, engineer }) => {
  await both(installation, project, reviewer, engineer);
  await button(reviewer, "Keep theirs").click();
  await expect(conflict(reviewer)).toHaveCount(0);
  await expect(field(reviewer, "Expected")).toContainText("tomorrow");
  expect(await stored(installation, project)).toBe(BEFORE.replace("today", "tomorrow"));
  await edit(reviewer);
  await expect(editor(reviewer)).toHaveValue(BEFORE.replace("today", "tomorrow"));
});

test("two edits at once can be made one", async ({ installation, project, reviewer, engineer }) => {
  await both(installation, project, reviewer, engineer);
  await button(reviewer, "Edit both").click();
  await expect(reviewer.getByRole("group", { name: "Theirs" })).toContainText("tomorrow");
  await expect(editor(reviewer)).toHaveValue(BEFORE.replace("Thursday", "Friday"));
  const merged = BEFORE.replace("Thursday", "Friday").replace("today", "tomorrow");
  await editor(reviewer).fill(merged);
  await editor(reviewer).press("Control+Enter");
  await expect(editor(reviewer)).toHaveCount(0);
  expect(await stored(installation, project)).toBe(merged);
});

test("an edit made without a connection is kept, and asks where somebody else was faster", async ({ installation, project, reviewer, engineer, watch }) => {
  watch.allow(/ERR_INTERNET_DISCONNECTED|ERR_NETWORK|ERR_FAILED|Failed to fetch|status of 409/i);
  const address = await sent(installation, project, { expected: BEFORE });
  await open(reviewer, address);
  await open(engineer, address);
  await edit(reviewer);
  await editor(reviewer).fill(BEFORE.replace("Thursday", "Friday"));
  await reviewer.context().setOffline(true);
  await editor(reviewer).press("Control+Enter");
  await expect(editor(reviewer)).toHaveCount(0);
  await expect(field(reviewer, "Expected")).toContainText("Friday");
  await expect(reviewer.getByRole("status").filter({ hasText: "Only on this device" })).toBeVisible();
  await write(engineer, BEFORE.replace("today", "tomorrow"));
  await reviewer.context().setOffline(false);
  await expect(conflict(reviewer).getByRole("group", { name: "Theirs" }).locator("ins")).toHaveText("tomorrow", { timeout: 20_000 });
  await expect(conflict(reviewer).getByRole("group", { name: "Mine" }).locator("ins")).toHaveText("Friday");
  await expect(button(reviewer, "Keep mine")).toBeFocused();
  await reviewer.keyboard.press("Enter");
  await expect(field(reviewer, "Expected")).toContainText("Friday");
  await expect(conflict(reviewer)).toHaveCount(0);
  await expect.poll(() => stored(installation, project)).toBe(BEFORE.replace("Thursday", "Friday"));
});

test("test cases are edited too, and viewers only read", async ({ installation, project, reviewer, viewer }) => {
  const { id } = await installation.call("POST", "/v1/dataset", { project_id: project.id, name: "golden" });
  await installation.call("POST", `/v1/dataset/${id}/insert`, { events: [{ id: "c1", input: "How high is it?", expected: "1200 m" }] });
  for (const page of [reviewer, viewer]) {
    await open(page, project.page("datasets/golden"));
    await row(page, "c1").locator("td").nth(1).click();
    await expect(field(page, "Expected")).toContainText("1200 m");
  }
  await expect(button(viewer, "Edit expected")).toHaveCount(0);
  await write(reviewer, "1300 m");
  await expect(field(viewer, "Expected")).toContainText("1300 m");
});
