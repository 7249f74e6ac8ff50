// Rows of a dataset by hand: added, with mistakes at their fields, taken back; changed where they are read, also where somebody was faster.

import { expect, open, test, type Page, type Project } from "../support/fixtures.js";
import type { Installation } from "../support/fixtures.js";

async function dataset(installation: Installation, project: Project, events: object[] = []): Promise<string> {
  const { id } = await installation.call("POST", "/v1/dataset", { project_id: project.id, name: "golden" });
  if (events.length > 0) await installation.call("POST", `/v1/dataset/${id}/insert`, { events });
  return id;
}

const dialog = (page: Page, name = "Add row") => page.getByRole("dialog", { name });

const rows = async (installation: Installation, id: string) => (await installation.call("GET", `/v1/dataset/${id}/fetch`)).events;

test("a row is added with keys alone, a mistake keeps what was typed, and the row is taken back", async ({ installation, project, engineer: page, watch }) => {
  watch.allow(/status of 400 .*cases\/add/);
  const id = await dataset(installation, project);
  await open(page, project.page("datasets/golden"));
  await page.getByRole("button", { name: "Add row" }).press("Enter");
  await expect(dialog(page).getByLabel("Input")).toBeFocused();
  await page.keyboard.type("Is it open?");
  await page.keyboard.press("Tab");
  await page.keyboard.type('{"answer": "No."');
  await page.keyboard.press("Tab");
  await page.keyboard.type('{"plan": "pro"}');
  await page.keyboard.press("Tab");
  await page.keyboard.type("hours, weekend");
  await page.keyboard.press("Control+Enter");
  await expect(dialog(page).getByText(/^Line 1, column \d+: /)).toBeVisible();
  await expect(dialog(page).getByLabel("Expected")).toHaveAttribute("aria-invalid", "true");
  // Closing loses nothing.
  await page.keyboard.press("Escape");
  await expect(dialog(page)).toBeHidden();
  await page.getByRole("button", { name: "Add row" }).press("Enter");
  await expect(dialog(page).getByLabel("Input")).toHaveValue("Is it open?");
  await dialog(page).getByLabel("Expected").press("End");
  await page.keyboard.type("}");
  await page.keyboard.press("Control+Enter");
  await expect(dialog(page).getByText(/^Added row /)).toBeVisible();
  await expect(dialog(page).getByLabel("Input")).toHaveValue("");
  await expect(dialog(page).getByLabel("Input")).toBeFocused();
  const [row] = await rows(installation, id);
  expect([row.input, row.expected, row.metadata, row.tags]).toEqual(["Is it open?", { answer: "No." }, { plan: "pro" }, ["hours", "weekend"]]);
  await dialog(page).getByRole("button", { name: "Take back" }).press("Enter");
  await expect(dialog(page).getByText(/^Added row /)).toBeHidden();
  expect(await rows(installation, id)).toEqual([]);
  // An id of its own, once.
  for (const text of ["first", "second"]) {
    await dialog(page).getByLabel("Input").fill(text);
    await dialog(page).getByLabel("Id", { exact: true }).fill("own");
    await page.keyboard.press("Control+Enter");
    if (text === "first") await expect(dialog(page).getByText("Added row own.")).toBeVisible();
  }
  await expect(dialog(page).getByText("A row of this dataset has this id.")).toBeVisible();
  await dialog(page).getByRole("button", { name: "Close" }).last().click();
  await expect(page.getByRole("table").getByText("first")).toBeVisible();
});

test("input and metadata are changed where they are read, and nobody overwrites what somebody else wrote", async ({ installation, project, engineer: page, watch }) => {
  watch.allow(/status of (400|409) .*cases\/change/);
  const id = await dataset(installation, project, [{ id: "a", input: "Why?", metadata: { plan: "pro" } }]);
  await open(page, project.page("datasets/golden?r=a"));
  const section = (name: string) => page.getByRole("region", { name, exact: true });
  await section("Input").getByRole("button", { name: "Edit input" }).press("Enter");
  const editor = dialog(page, "Edit input");
  await expect(editor.getByLabel("Input")).toHaveValue("Why?");
  await editor.getByLabel("Input").fill("When?");
  await page.keyboard.press("Control+Enter");
  await expect(editor).toBeHidden();
  await expect(section("Input").getByText("When?")).toBeVisible();
  await expect(page.getByText("set input from Why? to When?")).toBeVisible();

  await section("Input").getByRole("button", { name: "Edit input" }).click();
  await expect(editor.getByLabel("Input")).toHaveValue("When?");
  await editor.getByLabel("Input").fill("mine");
  await installation.call("POST", `/v1/dataset/${id}/insert`, { events: [{ id: "a", _is_merge: true, input: "theirs" }] });
  await editor.getByRole("button", { name: "Save" }).click();
  await expect(editor.getByText("Somebody else changed this meanwhile. Now it says:")).toBeVisible();
  await expect(editor.getByText('"theirs"')).toBeVisible();
  expect((await rows(installation, id))[0].input).toBe("theirs");
  await editor.getByRole("button", { name: "Replace it" }).click();
  await expect(editor).toBeHidden();
  expect((await rows(installation, id))[0].input).toBe("mine");

  await section("Metadata").getByRole("button", { name: "Edit metadata" }).click();
  await dialog(page, "Edit metadata").getByLabel("Metadata").fill("pro");
  await page.keyboard.press("Control+Enter");
  await expect(dialog(page, "Edit metadata").getByText("Metadata is an object of names and values")).toBeVisible();
  await dialog(page, "Edit metadata").getByLabel("Metadata").fill('{"plan": "free"}');
  await page.keyboard.press("Control+Enter");
  await expect(dialog(page, "Edit metadata")).toBeHidden();
  expect((await rows(installation, id))[0].metadata).toEqual({ plan: "free" });
});

test("who may not write rows has no buttons, and on a phone the dialog fits", async ({ installation, project, engineer, reviewer }) => {
  await dataset(installation, project, [{ id: "a", input: "Why?" }]);
  await open(reviewer, project.page("datasets/golden?r=a"));
  await expect(reviewer.getByRole("region", { name: "Input", exact: true })).toBeVisible();
  for (const name of ["Add row", "Edit input"]) await expect(reviewer.getByRole("button", { name })).toHaveCount(0);
  await engineer.setViewportSize({ width: 390, height: 844 });
  await open(engineer, project.page("datasets/golden"));
  await engineer.getByRole("button", { name: "Add row" }).click();
  await expect(dialog(engineer).getByLabel("Input")).toBeVisible();
  expect(await engineer.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  expect(await dialog(engineer).evaluate((dialog) => dialog.scrollWidth <= dialog.clientWidth)).toBe(true);
});
