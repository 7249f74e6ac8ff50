// Versions of a dataset: saved, compared, restored and that taken back, deleted, with the keyboard and on a phone.

import { expect, open, test, type Page, type Project } from "../support/fixtures.js";
import type { Installation } from "../support/fixtures.js";

async function dataset(installation: Installation, project: Project): Promise<string> {
  const { id } = await installation.call("POST", "/v1/dataset", { project_id: project.id, name: "golden" });
  await insert(installation, id, [{ id: "a", input: "Why?", expected: "old" }, { id: "b", input: "When?" }]);
  return id;
}

const insert = (installation: Installation, id: string, events: object[]) => installation.call("POST", `/v1/dataset/${id}/insert`, { events });

const change = (installation: Installation, id: string) =>
  insert(installation, id, [{ id: "a", _is_merge: true, expected: "new" }, { id: "b", _object_delete: true }, { id: "c", input: "Who?" }]);

const dialog = (page: Page) => page.getByRole("dialog", { name: "Versions" });

/** The line of a version, whose name its button says. */
const line = (page: Page, name: string) =>
  dialog(page).getByRole("list", { name: "Versions" }).getByRole("listitem").filter({ has: page.getByRole("button", { name: `Use in code ${name}`, exact: true }) });

async function cases(installation: Installation, id: string): Promise<string[]> {
  const { events } = await installation.call("GET", `/v1/dataset/${id}/fetch`);
  return events.map((row: any) => `${row.id} ${row.input} ${row.expected ?? ""}`.trim()).sort();
}

test("a version is saved, compared, restored and that taken back, with keys alone", async ({ installation, project, engineer: page, watch }) => {
  watch.allow(/status of 400 .*versions\/save/);
  const id = await dataset(installation, project);
  const before = await cases(installation, id);
  await open(page, project.page("datasets/golden"));
  await page.getByRole("button", { name: "Versions" }).press("Enter");
  await expect(dialog(page).getByText("There is no version yet.")).toBeVisible();
  await expect(dialog(page).getByLabel("Name")).toBeFocused();
  await page.keyboard.type("first");
  await page.keyboard.press("Tab");
  await page.keyboard.type("as it came");
  await page.keyboard.press("Enter");
  await expect(line(page, "first")).toContainText("2 rows, saved");
  await expect(line(page, "first")).toContainText("by Emil Engineer");
  await expect(line(page, "first")).toContainText("as it came");
  await expect(dialog(page).getByLabel("Name")).toHaveValue("");
  // The same name again stays where it was typed.
  await dialog(page).getByLabel("Name").fill("FIRST");
  await page.keyboard.press("Enter");
  await expect(dialog(page).getByText("Another version of this dataset has this name. Use another one.")).toBeVisible();
  await expect(dialog(page).getByLabel("Name")).toHaveValue("FIRST");

  await change(installation, id);
  const changed = await cases(installation, id);
  await line(page, "first").getByRole("button", { name: "Compare first" }).press("Enter");
  const since = dialog(page).getByRole("region", { name: "What changed since first" });
  await expect(since.getByRole("status")).toHaveText("1 row added, 1 removed, 1 changed.");
  const rows = since.getByRole("region", { name: "Rows that are different" });
  await expect(rows.getByRole("row").nth(1)).toContainText("achangedexpectedoldnew");

  await line(page, "first").getByRole("button", { name: "Restore first" }).press("Enter");
  await dialog(page).getByRole("button", { name: "Restore this version" }).press("Enter");
  await expect(dialog(page).getByText("Restored first: 1 row brought back, 1 row taken out, 1 row as it was. How it stood before is kept as “Before restoring first”.")).toBeVisible();
  expect(await cases(installation, id)).toEqual(before);
  await expect(line(page, "Before restoring first")).toBeVisible();
  await dialog(page).getByRole("button", { name: "Take back" }).press("Enter");
  await expect(dialog(page).getByText("Restored Before restoring first: ")).toBeVisible();
  expect(await cases(installation, id)).toEqual(changed);
  await page.keyboard.press("Escape");
  await expect(dialog(page)).toBeHidden();
  await expect(page.getByRole("button", { name: "Versions" })).toBeFocused();
  await expect(page.getByRole("table").getByText("Who?")).toBeVisible();
});

test("two versions are compared, one is deleted, and a program reads one", async ({ installation, project, engineer: page }) => {
  const id = await dataset(installation, project);
  const first = await installation.call("POST", "/v1/dataset_version", { dataset_id: id, name: "first" });
  await change(installation, id);
  await installation.call("POST", "/v1/dataset_version", { dataset_id: id, name: "second" });
  await insert(installation, id, Array.from({ length: 120 }, (_, number) => ({ id: `more ${number}`, input: number })));
  await open(page, project.page("datasets/golden"));
  await page.getByRole("button", { name: "Versions" }).click();
  await line(page, "first").getByRole("button", { name: "Compare first" }).click();
  const since = dialog(page).getByRole("region", { name: "What changed since first" });
  await expect(since.getByRole("status")).toHaveText("121 rows added, 1 removed, 1 changed.");
  await expect(since.getByText("Only the first 100 of them are shown, by their ids.")).toBeVisible();
  await since.getByLabel("Compared with").selectOption("second");
  await expect(since.getByRole("status")).toHaveText("1 row added, 1 removed, 1 changed.");
  await line(page, "second").getByRole("button", { name: "Compare second" }).click();
  await expect(dialog(page).getByRole("region", { name: "What changed since second" }).getByRole("status")).toHaveText("120 rows added.");

  await line(page, "first").getByRole("button", { name: "Use in code first" }).click();
  await expect(line(page, "first").getByText(`init_dataset(project="${project.name}", name="golden", version="${first.xact_id}")`)).toBeVisible();
  await line(page, "first").getByRole("button", { name: "Delete first" }).click();
  await dialog(page).getByRole("button", { name: "Cancel" }).click();
  await expect(line(page, "first")).toBeVisible();
  await line(page, "first").getByRole("button", { name: "Delete first" }).click();
  await dialog(page).getByRole("button", { name: "Delete this version" }).click();
  await expect(line(page, "first")).toHaveCount(0);
  await expect(line(page, "second")).toBeVisible();
});

test("who may not change a dataset reads its versions, and on a phone all fits", async ({ installation, project, engineer, reviewer }) => {
  const id = await dataset(installation, project);
  await installation.call("POST", "/v1/dataset_version", { dataset_id: id, name: "first ".repeat(20).trim(), note: "note ".repeat(60) });
  await change(installation, id);
  await open(reviewer, project.page("datasets/golden"));
  await reviewer.getByRole("button", { name: "Versions" }).click();
  await expect(dialog(reviewer).getByRole("button", { name: /^Use in code/ })).toBeVisible();
  for (const name of [/^Compare/, /^Restore/, /^Delete/, /^Save/]) await expect(dialog(reviewer).getByRole("button", { name })).toHaveCount(0);

  await engineer.setViewportSize({ width: 390, height: 844 });
  await open(engineer, project.page("datasets/golden"));
  await engineer.getByRole("button", { name: "Versions" }).click();
  await dialog(engineer).getByRole("button", { name: /^Compare/ }).click();
  await expect(dialog(engineer).getByText("1 row added, 1 removed, 1 changed.")).toBeVisible();
  expect(await engineer.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  const inside = await dialog(engineer).evaluate((dialog) => dialog.scrollWidth <= dialog.clientWidth);
  expect(inside).toBe(true);
});
