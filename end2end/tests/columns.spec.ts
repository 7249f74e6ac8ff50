import { expect, open, PEOPLE, test, type Page } from "../support/fixtures.js";
import { fillSignIn, hydrated, row, rows } from "../support/pages.js";
import { root } from "../support/rows.mjs";
import { PASSWORD } from "../support/server.mjs";

const bar = (page: Page) => page.getByRole("navigation", { name: "Views" });
const tab = (page: Page, name: string) => bar(page).getByRole("link", { name, exact: true });
const dialog = (page: Page) => page.getByRole("dialog", { name: "Columns" });
const shown = (page: Page) => dialog(page).getByRole("list", { name: "Columns that are shown" });
const heads = (page: Page) => page.getByRole("columnheader");
const table = (page: Page) => page.getByRole("region", { name: "Traces" });

async function openColumns(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Columns", exact: true }).click();
  await expect(shown(page).getByRole("listitem").first()).toBeVisible();
}

async function addOwn(page: Page, expression: string, heading: string): Promise<void> {
  await dialog(page).getByLabel("Expression").fill(expression);
  await dialog(page).getByLabel("Heading").fill(heading);
  await dialog(page).getByRole("button", { name: "Add column" }).click();
}

test("columns are hidden, added and moved with the mouse, and the link shows them to a second person", async ({ installation, project, reviewer, stranger }) => {
  const row1 = root(project.id, { metadata: { channel: "email" }, output: "Paris." });
  await installation.sendTraces([row1, root(project.id, { metadata: { channel: "phone" } })]);
  await open(reviewer, project.page("logs"));
  await expect(heads(reviewer)).toHaveText(["Name", "Input", "Output", "Tags", "Duration", "Tokens", "Created"]);
  await openColumns(reviewer);
  await shown(reviewer).getByRole("checkbox", { name: "Input" }).click();
  await expect(heads(reviewer)).toHaveText(["Name", "Output", "Tags", "Duration", "Tokens", "Created"]);
  await dialog(reviewer).getByRole("checkbox", { name: "channel", exact: true }).click();
  await expect(row(reviewer, row1.id)).toContainText("email");
  // A mistake is told while one types.
  await dialog(reviewer).getByLabel("Expression").fill("len(output");
  await expect(dialog(reviewer).getByRole("status")).toContainText("never closed");
  await expect(dialog(reviewer).getByRole("button", { name: "Add column" })).toBeDisabled();
  await addOwn(reviewer, "len(output)", "Long");
  await expect(heads(reviewer).last()).toHaveText("Long");
  await expect(row(reviewer, row1.id).locator("td").last()).toHaveText("6");
  // It is put before the rest by its grip.
  const grip = shown(reviewer).getByRole("button", { name: "Move Long" });
  await grip.hover();
  await reviewer.mouse.down();
  await shown(reviewer).getByRole("button", { name: "Move Output" }).hover();
  await reviewer.mouse.up();
  await expect(heads(reviewer).nth(1)).toHaveText("Long");
  await dialog(reviewer).getByRole("button", { name: "Close" }).click();
  await expect(tab(reviewer, "All (changed)")).toBeVisible();

  await stranger.goto(reviewer.url());
  await fillSignIn(stranger, PEOPLE.colleague.email, PASSWORD);
  await hydrated(stranger);
  await expect(heads(stranger)).toHaveText(["Name", "Long", "Output", "Tags", "Duration", "Tokens", "Created", "channel"]);
  await expect(row(stranger, row1.id)).toContainText("email");
  // What changes is computed anew while one looks.
  await installation.sendTraces([{ ...row1, metadata: { channel: "letter" } }]);
  await expect(row(stranger, row1.id)).toContainText("letter");
});

test("columns are moved, sized and reset with the keyboard alone", async ({ installation, project, reviewer }) => {
  await installation.sendTraces([root(project.id)]);
  await open(reviewer, project.page("logs"));
  await reviewer.getByRole("button", { name: "Columns", exact: true }).focus();
  await reviewer.keyboard.press("Enter");
  const grip = shown(reviewer).getByRole("button", { name: "Move Tags" });
  await grip.focus();
  await reviewer.keyboard.press("ArrowUp");
  await expect(heads(reviewer)).toHaveText(["Name", "Input", "Tags", "Output", "Duration", "Tokens", "Created"]);
  await expect(grip).toBeFocused();
  await shown(reviewer).getByRole("spinbutton", { name: "Width of Tags" }).focus();
  await reviewer.keyboard.type("310");
  await reviewer.keyboard.press("Tab");
  await expect.poll(async () => (await heads(reviewer).nth(2).boundingBox())?.width).toBe(310);
  // What names a row opens it, and stays.
  await expect(shown(reviewer).getByRole("checkbox", { name: "Name" })).toBeDisabled();
  await shown(reviewer).getByRole("checkbox", { name: "Tokens" }).focus();
  await reviewer.keyboard.press("Space");
  await expect(heads(reviewer)).toHaveCount(6);
  await dialog(reviewer).getByRole("button", { name: "Reset columns" }).press("Enter");
  await expect(heads(reviewer)).toHaveText(["Name", "Input", "Output", "Tags", "Duration", "Tokens", "Created"]);
  await reviewer.keyboard.press("Escape");
  await expect(dialog(reviewer)).toBeHidden();
  await expect(reviewer).not.toHaveURL(/cols=/);
});

test("the edge of a head is dragged, and a view keeps columns, time and density", async ({ installation, project, reviewer, viewer }) => {
  const old = root(project.id, { name: "long ago", created: new Date(Date.now() - 40 * 24 * 3_600_000) });
  await installation.sendTraces([root(project.id, { name: "just now" }), old]);
  await open(reviewer, project.page("logs"));
  await expect(rows(reviewer)).toHaveCount(2);
  const head = heads(reviewer).nth(1);
  const box = (await head.boundingBox())!;
  await reviewer.mouse.move(box.x + box.width - 3, box.y + box.height / 2);
  await reviewer.mouse.down();
  // What follows the pointer comes with the first press.
  const widened = async (): Promise<number> => {
    await reviewer.mouse.move(box.x + box.width + 19, box.y + box.height / 2);
    await reviewer.mouse.move(box.x + box.width + 20, box.y + box.height / 2);
    return Math.round((await heads(reviewer).nth(1).boundingBox())!.width - box.width);
  };
  await expect.poll(widened).toBe(23);
  await reviewer.mouse.up();
  await expect(reviewer).toHaveURL(/cols=/);

  await reviewer.getByRole("button", { name: "Time range: All time" }).click();
  await reviewer.getByRole("dialog", { name: "Time range" }).getByRole("link", { name: "Last 7 days" }).click();
  await expect(rows(reviewer)).toHaveCount(1);
  await expect(reviewer.getByRole("button", { name: "Time range: Last 7 days" })).toBeVisible();
  await openColumns(reviewer);
  await dialog(reviewer).getByRole("checkbox", { name: "Comfortable rows" }).check();
  await expect.poll(async () => (await rows(reviewer).first().boundingBox())?.height).toBe(40);
  await reviewer.keyboard.press("Escape");

  await bar(reviewer).getByRole("button", { name: "All views" }).click();
  const menu = reviewer.getByRole("dialog", { name: "Views" });
  await expect(menu).toContainText("other columns");
  await expect(menu).toContainText("Last 7 days");
  await expect(menu).toContainText("comfortable rows");
  await menu.getByRole("button", { name: "Save as…" }).click();
  await menu.getByLabel("Name").fill("Roomy");
  await menu.getByRole("button", { name: "Save view" }).click();
  await expect(tab(reviewer, "Roomy")).toHaveAttribute("aria-current", "true");
  expect([...new URL(reviewer.url()).searchParams.keys()]).toEqual(["view"]);

  await open(viewer, reviewer.url());
  await expect(rows(viewer)).toHaveCount(1);
  await expect.poll(async () => (await rows(viewer).first().boundingBox())?.height).toBe(40);
  await tab(viewer, "All").click();
  await expect(rows(viewer)).toHaveCount(2);
  await expect.poll(async () => (await rows(viewer).first().boundingBox())?.height).toBe(28);
});

test("the first drawing has the columns, and what cannot be shown is told", async ({ installation, project, reviewer }) => {
  await installation.sendTraces([root(project.id, { metadata: { channel: "email" } })]);
  const cols = "span_attributes.name, metadata.channel as Channel 120";
  const html = await (await reviewer.request.get(project.page("logs?cols=" + encodeURIComponent(cols)))).text();
  expect(html).toContain('width="120"');
  expect(html).toContain("email");
  await open(reviewer, project.page("logs?cols=" + encodeURIComponent("output +")));
  await expect(reviewer.getByRole("status").filter({ hasText: "The columns cannot be shown." })).toBeVisible();
  await expect(heads(reviewer)).toHaveText(["Name", "Input", "Output", "Tags", "Duration", "Tokens", "Created"]);
});

test("on a phone a row is a card of its columns, and the dialog fits", async ({ installation, project, reviewer }) => {
  await reviewer.setViewportSize({ width: 390, height: 844 });
  const sent = root(project.id, { metadata: { channel: "email" } });
  await installation.sendTraces([sent]);
  await open(reviewer, project.page("logs?cols=" + encodeURIComponent("metadata.channel, created")));
  await expect(row(reviewer, sent.id)).toContainText("request");
  await expect(row(reviewer, sent.id).getByText("email")).toBeVisible();
  await openColumns(reviewer);
  await addOwn(reviewer, "len(output)", "Long");
  await expect(row(reviewer, sent.id).getByText("6", { exact: true })).toBeVisible();
  expect(await reviewer.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await expect(table(reviewer)).toBeVisible();
});
