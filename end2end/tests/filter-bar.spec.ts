import { expect, open, test, type Page } from "../support/fixtures.js";
import { press, tabTo, type } from "../support/hands.js";
import { delay } from "../support/landing.js";
import { card, hydrated, row, rows } from "../support/pages.js";
import { child, root } from "../support/rows.mjs";

test("the conditions of a filter stand under it in words, and each can be taken away by mouse and by keyboard", async ({ installation, project, viewer }) => {
  const good = root(project.id, { scores: { Preference: 0.9 }, tags: ["Triage"] });
  const poor = root(project.id, { scores: { Preference: 0.2 }, tags: ["Triage"] });
  const other = root(project.id, { scores: { Preference: 0.9 } });
  await installation.sendTraces([good, poor, other]);
  await open(viewer, project.page(`logs?filter=${encodeURIComponent("scores.Preference > 75% and tags includes 'Triage'")}&cols=kept`));
  const conditions = viewer.getByRole("list", { name: "Conditions" });
  await expect(conditions.getByRole("listitem")).toHaveText(["Preference is greater than 75 %", "Tags includes Triage"]);
  await expect(rows(viewer)).toHaveCount(1);

  await conditions.getByRole("link", { name: "Remove Tags includes Triage" }).click();
  await expect(conditions.getByRole("listitem")).toHaveText(["Preference is greater than 75 %"]);
  await expect(rows(viewer)).toHaveCount(2);
  await expect(viewer.getByRole("textbox", { name: "Filter" })).toHaveValue("scores.Preference > 0.75");
  expect(new URL(viewer.url()).searchParams.get("cols")).toBe("kept");

  await conditions.getByRole("link", { name: "Remove Preference is greater than 75 %" }).press("Enter");
  await expect(rows(viewer)).toHaveCount(3);
  await expect(conditions).toHaveCount(0);
  await viewer.goBack();
  await expect(conditions.getByRole("listitem")).toHaveText(["Preference is greater than 75 %"]);
  await expect(row(viewer, poor.id)).toHaveCount(0);
});

test("what no condition can show stays one expression", async ({ installation, project, viewer }) => {
  await installation.sendTraces([root(project.id, { output: "50 % off" }), root(project.id, { error: "gone" })]);
  const filter = "(output like '%50 %' or error is not null) and created > now() - interval 7 day";
  await open(viewer, project.page(`logs?filter=${encodeURIComponent(filter)}`));
  const conditions = viewer.getByRole("list", { name: "Conditions" });
  await expect(conditions.getByRole("listitem")).toHaveText(["output like '%50 %' or error is not null", "Created in the last 7 days"]);
  await conditions.getByRole("link", { name: "Remove Created in the last 7 days" }).click();
  await hydrated(viewer);
  await expect(conditions.getByRole("listitem")).toHaveText(["output like '%50 %' or error is not null"]);
  expect(new URL(viewer.url()).searchParams.get("filter")).toBe("output like '%50 %' or error is not null");
});

test("a second person sees the conditions of an address that is shared, also on a phone and without JavaScript", async ({ browser, installation, project, reviewer }) => {
  await installation.sendTraces([root(project.id, { tags: ["Triage"] }), root(project.id)]);
  const address = project.page(`logs?filter=${encodeURIComponent("tags includes 'Triage'")}`);
  await reviewer.setViewportSize({ width: 390, height: 844 });
  await open(reviewer, address);
  const conditions = reviewer.getByRole("list", { name: "Conditions" });
  await expect(conditions.getByRole("listitem")).toHaveText(["Tags includes Triage"]);
  expect(await reviewer.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);

  const page = await installation.browserOf(browser, "viewer", { javaScriptEnabled: false });
  await page.goto(address);
  await page.getByRole("link", { name: "Remove Tags includes Triage" }).click();
  await expect(rows(page)).toHaveCount(2);
  await page.context().close();
});

const input = (page: Page) => page.getByRole("textbox", { name: "Filter", exact: true });
const understood = (page: Page) => page.getByRole("region", { name: "Understood as" });
const filterOf = (page: Page) => new URL(page.url()).searchParams.get("filter");

test("a condition is built by keyboard, and edited from where it stands", async ({ installation, project, viewer }) => {
  await installation.sendTraces([root(project.id, { scores: { Preference: 0.9 } }), root(project.id, { scores: { Preference: 0.5 } })]);
  await open(viewer, project.page("logs"));
  const add = viewer.getByRole("button", { name: "Add filter" });
  await tabTo(viewer, add);
  await press(viewer, "Enter");
  const dialog = viewer.getByRole("dialog", { name: "Add filter" });
  await expect(dialog.getByLabel("Filter by")).toBeFocused();
  await tabTo(viewer, dialog.getByLabel("Value in per cent"));
  await type(viewer, "abc");
  await press(viewer, "Enter");
  await expect(dialog.getByRole("alert").filter({ hasText: "is no number" })).toBeVisible();
  await press(viewer, "Control+a");
  await type(viewer, "75");
  await expect(dialog.getByText("scores.Preference > 0.75")).toBeVisible();
  await press(viewer, "Enter");
  await expect(rows(viewer)).toHaveCount(1);
  expect(filterOf(viewer)).toBe("scores.Preference > 0.75");
  // One is still where one was.
  await expect(add).toBeFocused();

  const condition = viewer.getByRole("button", { name: "Preference is greater than 75 %", exact: true });
  await condition.focus();
  await press(viewer, "Enter");
  const edit = viewer.getByRole("dialog", { name: "Edit filter" });
  await expect(edit.getByLabel("Value in per cent")).toHaveValue("75");
  await edit.getByLabel("Comparison").selectOption("is less than");
  await edit.getByRole("button", { name: "Change" }).click();
  await expect.poll(() => filterOf(viewer)).toBe("scores.Preference < 0.75");
  await expect(add).toBeFocused();
  await add.click();
  await expect(dialog).toBeVisible();
  await viewer.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(add).toBeFocused();
});

test("what the rows hold is offered: paths of the metadata and the metrics, and the commonest values", async ({ installation, project, viewer }) => {
  const plans = ["pro", "pro", "free"];
  await installation.sendTraces(plans.map((plan) => root(project.id, { metadata: { user: { plan } }, metrics: { retries: 1 } })));
  await open(viewer, project.page("logs"));
  await viewer.getByRole("button", { name: "Add filter" }).click();
  const dialog = viewer.getByRole("dialog", { name: "Add filter" });
  const what = dialog.getByLabel("Filter by");
  await expect(what.getByRole("option", { name: "retries" })).toBeAttached();
  await what.selectOption("user.plan");
  const values = dialog.getByRole("group", { name: "Values that there are" }).getByRole("button");
  await expect(values).toHaveText(["pro", "free"]);
  await values.filter({ hasText: "free" }).press("Enter");
  await expect(dialog.getByLabel("Value", { exact: true })).toHaveValue("free");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await expect(rows(viewer)).toHaveCount(1);
  expect(filterOf(viewer)).toBe("metadata.user.plan = 'free'");
});

for (const milliseconds of [0, 150]) {
  test(`a filter that is typed in one go is applied as a whole, with ${milliseconds} ms on the way`, async ({ installation, project, viewer }) => {
    const tagged = root(project.id, { tags: ["Triage"] });
    await installation.sendTraces([tagged, root(project.id)]);
    const applied: string[] = [];
    viewer.on("framenavigated", () => applied.push(filterOf(viewer) ?? ""));
    await delay(viewer, milliseconds);
    await open(viewer, project.page("logs"));
    await press(viewer, "/");
    await type(viewer, "tags includes 'Triage' and is_root");
    await press(viewer, "Enter");
    await expect(rows(viewer)).toHaveCount(1);
    expect(filterOf(viewer)).toBe("tags includes 'Triage' and is_root");
    await press(viewer, "/");
    await press(viewer, "End");
    await type(viewer, " and error is null");
    await press(viewer, "Enter");
    await expect(viewer.getByRole("list", { name: "Conditions" }).getByRole("listitem")).toHaveCount(3);
    expect(new Set(applied.filter(Boolean))).toEqual(new Set(["tags includes 'Triage' and is_root", "tags includes 'Triage' and is_root and error is null"]));
  });
}

test("what is typed while a list is on its way stays in the field, with the caret where it was", async ({ installation, project, viewer }) => {
  await installation.sendTraces([root(project.id, { tags: ["Triage"] }), root(project.id)]);
  await open(viewer, project.page("logs"));
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await viewer.route("**/fn/logs/open*", async (route) => {
    await held;
    await route.continue();
  });
  await press(viewer, "/");
  await type(viewer, "tags includes 'Triage'");
  await press(viewer, "Enter");
  await type(viewer, " and is_root");
  await press(viewer, "ArrowLeft");
  release();
  await expect(rows(viewer)).toHaveCount(1);
  await expect(input(viewer)).toBeFocused();
  await type(viewer, "x");
  await expect(input(viewer)).toHaveValue("tags includes 'Triage' and is_rooxt");
  expect(filterOf(viewer)).toBe("tags includes 'Triage'");
});

test("until what helps is there the field applies what is typed", async ({ installation, project, viewer }) => {
  await installation.sendTraces([root(project.id, { tags: ["Triage"] }), root(project.id)]);
  await viewer.route("**/split_filter.wasm", () => {});
  await open(viewer, project.page("logs"));
  await press(viewer, "/");
  await type(viewer, "tags includes 'Triage'");
  await press(viewer, "Enter");
  await expect(rows(viewer)).toHaveCount(1);
  expect(filterOf(viewer)).toBe("tags includes 'Triage'");
});

test("a mistake is told while one types, and the caret's place is completed by keyboard", async ({ installation, project, viewer }) => {
  const tagged = root(project.id, { tags: ["Triage"] });
  await installation.sendTraces([tagged, root(project.id)]);
  await open(viewer, project.page("logs"));
  await press(viewer, "/");
  await type(viewer, "tgas = 1");
  await expect(viewer.getByRole("status", { name: "Mistakes" })).toContainText("Did you mean `tags`?");
  // Nothing that cannot be read is applied.
  await press(viewer, "Enter");
  expect(filterOf(viewer)).toBeNull();
  await press(viewer, "Control+a");
  await type(viewer, "tags inc");
  await expect(viewer.getByRole("option", { name: "includes operator", exact: true })).toBeVisible();
  await press(viewer, "Tab");
  await expect(input(viewer)).toHaveValue("tags includes ");
  await type(viewer, "'T");
  await expect(viewer.getByRole("option", { name: "Triage" })).toBeVisible();
  await press(viewer, "ArrowDown", "Enter");
  await expect(input(viewer)).toHaveValue("tags includes 'Triage'");
  await press(viewer, "Enter");
  await expect(rows(viewer)).toHaveCount(1);
  await expect(row(viewer, tagged.id)).toBeVisible();
});

test("English is shown as what it is understood as before it is applied, and what is not understood is named", async ({ installation, project, viewer }) => {
  await installation.slider(project, "Preference");
  await installation.sendTraces([
    root(project.id, { scores: { Preference: 0.9 }, tags: ["Triage"] }),
    root(project.id, { scores: { Preference: 0.9 } }),
  ]);
  await open(viewer, project.page("logs"));
  await press(viewer, "/");
  await type(viewer, "Preference over 75 percent and tagged triage");
  await press(viewer, "Enter");
  await expect(understood(viewer)).toContainText("scores.Preference > 0.75 and tags includes 'Triage'");
  expect(filterOf(viewer)).toBeNull();
  await type(viewer, ", no grumpy ones");
  await expect(understood(viewer)).toContainText("Not understood");
  await expect(understood(viewer).getByRole("button", { name: /^Apply without .*grumpy/ })).toBeEnabled();
  await press(viewer, "Enter");
  await expect(rows(viewer)).toHaveCount(1);
  expect(filterOf(viewer)).toContain("tags includes 'Triage'");
  await expect(viewer.getByRole("list", { name: "Conditions" }).getByRole("listitem")).toHaveCount(2);
});

test("what is said of spans finds the traces that have such a span", async ({ installation, project, viewer }) => {
  const [one, two] = [root(project.id, { name: "with" }), root(project.id, { name: "without" })];
  const below = child(one, { span_attributes: { name: "answer", type: "llm" } });
  await installation.sendTraces([one, two, below]);
  await open(viewer, project.page("logs"));
  await expect(rows(viewer)).toHaveCount(2);
  await press(viewer, "/");
  await type(viewer, "llm spans");
  await expect(viewer.getByText("any_span(span_attributes.type = 'llm')")).toBeVisible();
  await viewer.keyboard.press("Enter");
  await expect(rows(viewer)).toHaveCount(1);
  await expect(row(viewer, one.id)).toBeVisible();
});

test("where nothing matches, a name that nothing carries is told with the nearest that exists", async ({ installation, project, viewer }) => {
  await installation.sendTraces([root(project.id, { scores: { Preference: 0.9 }, tags: ["shipping"], metadata: { model: "small" } })]);
  for (const [filter, words] of [
    ["tags includes 'shiping'", "No row has a tag called `shiping`. Did you mean `shipping`?"],
    ["scores.Prefrence > 0.5", "No row has a score called `Prefrence`. Did you mean `Preference`?"],
    ["metadata.modle = 'small'", "No row has metadata called `modle`. Did you mean `model`?"],
  ] as const) {
    await open(viewer, project.page(`logs?filter=${encodeURIComponent(filter)}`));
    await expect(viewer.getByText("No trace matches this filter.")).toBeVisible();
    await expect(viewer.getByRole("alert")).toContainText(words);
  }
  await open(viewer, project.page(`logs?filter=${encodeURIComponent("tags includes 'shipping' and scores.Preference < 0.5")}`));
  await expect(viewer.getByText("No trace matches this filter.")).toBeVisible();
  await expect(viewer.getByRole("alert")).toHaveCount(0);
});

test("filters that were applied come back", async ({ installation, project, viewer, reviewer }) => {
  await installation.sendTraces([root(project.id, { error: "gone" }), root(project.id)]);
  await open(viewer, project.page("logs"));
  await input(viewer).fill("error is not null");
  await press(viewer, "Enter");
  await expect(rows(viewer)).toHaveCount(1);
  await open(viewer, project.page("logs"));
  await press(viewer, "/", "ArrowDown");
  await expect(viewer.getByRole("option", { name: "error is not null" })).toBeVisible();
  await press(viewer, "ArrowDown", "Enter");
  await expect(rows(viewer)).toHaveCount(1);
  // They are of one person.
  await open(reviewer, project.page("logs"));
  await press(reviewer, "/", "ArrowDown");
  await expect(reviewer.getByRole("option", { name: "error is not null" })).toHaveCount(0);
});

test("on a phone a condition is built in a sheet that leaves nothing outside of the window", async ({ installation, project, viewer }) => {
  await installation.sendTraces([root(project.id, { tags: ["Triage"] }), root(project.id)]);
  await viewer.setViewportSize({ width: 360, height: 740 });
  await open(viewer, project.page("logs"));
  await viewer.getByRole("button", { name: "Add filter" }).click();
  const dialog = viewer.getByRole("dialog", { name: "Add filter" });
  await dialog.getByLabel("Filter by").selectOption("Tags");
  await dialog.getByLabel("Value", { exact: true }).fill("Triage");
  expect(await dialog.evaluate((element) => element.getBoundingClientRect().right)).toBeLessThanOrEqual(360);
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await expect(rows(viewer)).toHaveCount(1);
});

test("a row is filtered by what stands in its cells, beside the filter or alone", async ({ installation, project, viewer }) => {
  const good = root(project.id, { scores: { Preference: 0.9 }, tags: ["Triage"] });
  await installation.sendTraces([good, root(project.id, { scores: { Preference: 0.2 } })]);
  await open(viewer, project.page(`logs?filter=${encodeURIComponent("is_root")}`));
  await row(viewer, good.id).locator("td.tg").click({ button: "right" });
  const menu = viewer.getByRole("dialog", { name: "Filter by" });
  await expect(menu.getByRole("button", { name: "Tags includes Triage", exact: true })).toBeFocused();
  await menu.getByRole("button", { name: "Tags does not include Triage", exact: true }).click();
  await expect(row(viewer, good.id)).toHaveCount(0);
  await expect(rows(viewer)).toHaveCount(1);
  expect(filterOf(viewer)).toBe("is_root and not tags includes 'Triage'");
  await rows(viewer).locator("td.score").first().click({ button: "right" });
  await menu.getByRole("button", { name: "Show only Preference is greater than 20 %" }).click();
  await expect(row(viewer, good.id)).toBeVisible();
  await expect(rows(viewer)).toHaveCount(1);
  expect(filterOf(viewer)).toBe("scores.Preference > 0.2");
});

test("a bar of a card filters by what it counts, beside what is filtered already", async ({ installation, project, viewer }) => {
  const good = root(project.id, { scores: { Preference: 0.92 }, tags: ["Triage"] });
  const other = root(project.id, { scores: { Preference: 0.92 } });
  const best = root(project.id, { scores: { Preference: 1 }, tags: ["Triage"] });
  await installation.sendTraces([good, other, best, root(project.id, { scores: { Preference: 0.3 }, tags: ["Triage"] })]);
  await open(viewer, project.page("logs"));
  await hydrated(viewer);
  const bars = card(viewer, "Preference").getByRole("img");
  const { width, height } = (await bars.boundingBox())!;
  const click = (bar: number) => bars.click({ position: { x: ((bar + 0.5) / 20) * width, y: height / 2 } });
  const filter = () => new URL(viewer.url()).searchParams.get("filter");
  // A bar that counts nothing leads nowhere.
  await click(10);
  await click(18);
  await expect(rows(viewer)).toHaveCount(2);
  expect(filter()).toBe('any_span(scores."Preference" >= 0.9 and scores."Preference" < 0.95)');
  await expect(row(viewer, good.id)).toBeVisible();

  await open(viewer, project.page(`logs?filter=${encodeURIComponent("tags includes 'Triage' or tags includes 'none'")}`));
  await expect(rows(viewer)).toHaveCount(3);
  await click(19);
  await expect(rows(viewer)).toHaveCount(1);
  await expect(row(viewer, best.id)).toBeVisible();
  await viewer.goBack();
  await expect(rows(viewer)).toHaveCount(3);
});
