// Files of rows into a dataset: tried, mapped, taken; dropped; and what is wrong with them.

import { gzipSync } from "node:zlib";
import { expect, open, test, type Page, type Project } from "../support/fixtures.js";
import type { Installation } from "../support/fixtures.js";

async function dataset(installation: Installation, project: Project, name: string): Promise<string> {
  return (await installation.call("POST", "/v1/dataset", { project_id: project.id, name })).id;
}

const dialog = (page: Page) => page.getByRole("dialog", { name: "Upload rows" });

async function choose(page: Page, name: string, content: string | Buffer): Promise<void> {
  await dialog(page).getByLabel("File").setInputFiles({ name, mimeType: "application/octet-stream", buffer: Buffer.from(content) });
}

const rows = async (installation: Installation, id: string) => (await installation.call("GET", `/v1/dataset/${id}/fetch`)).events;

test("a dataset is made, and a table becomes its rows as its columns are mapped", async ({ installation, project, engineer: page }) => {
  await open(page, project.page("datasets"));
  await page.getByRole("button", { name: "New dataset" }).click();
  await page.getByRole("dialog", { name: "New dataset" }).getByLabel("Name").fill("Golden / cases");
  await page.getByRole("dialog", { name: "New dataset" }).getByRole("button", { name: "Create" }).click();
  await expect(page.getByRole("heading", { name: "Golden / cases", level: 1 })).toBeVisible();
  await page.getByRole("button", { name: "Upload" }).click();
  await choose(page, "cases.csv", "question;answer;plan\n\"Is it \"\"open\"\"?\";No.;pro\nWhy?;So.;free\nbroken;\"x\"y;pro\n");
  await expect(dialog(page).getByText("Read as CSV: 2 rows new, 1 line cannot be taken.")).toBeVisible();
  await expect(dialog(page).getByRole("list", { name: "Mistakes" })).toContainText("Line 4: The quote at character 10 closes the cell");
  const first = dialog(page).getByRole("region", { name: "First rows" });
  await expect(first.getByRole("row").nth(1)).toContainText("Is it \"open\"?");
  await dialog(page).getByLabel("plan becomes").selectOption("Tags");
  await expect(first.getByRole("row").nth(1).getByRole("cell").last()).toHaveText("pro");
  await dialog(page).getByRole("button", { name: "Add 2 rows" }).click();
  await expect(dialog(page).getByText("2 rows added, 1 line cannot be taken.")).toBeVisible();
  await dialog(page).getByRole("button", { name: "Done" }).click();
  await expect(dialog(page)).toBeHidden();
  await expect(page.getByRole("table").getByText("Why?")).toBeVisible();
  const [{ id }] = (await installation.call("GET", `/v1/dataset?project_id=${project.id}`)).objects;
  const [row] = await rows(installation, id);
  expect([row.input, row.expected, row.tags]).toEqual(["Why?", "So.", ["free"]]);
  // The same file once more: everything is there.
  await page.getByRole("button", { name: "Upload" }).click();
  await choose(page, "cases.csv", "question;answer\nWhy?;So.\n");
  await expect(dialog(page).getByText("Read as CSV: 0 rows new, 1 there already.")).toBeVisible();
  await expect(dialog(page).getByRole("button", { name: "Add 0 rows" })).toBeDisabled();
  await dialog(page).getByLabel("Add lines whose input is there already, too").check();
  await expect(dialog(page).getByRole("button", { name: "Add 1 row" })).toBeEnabled();
});

test("a gzipped file that is dropped on the page opens the dialog, and changes rows by their ids", async ({ installation, project, engineer: page }) => {
  const id = await dataset(installation, project, "dropped");
  await installation.call("POST", `/v1/dataset/${id}/insert`, { events: [{ id: "a", input: "q", expected: "old", metadata: { kept: 1 } }] });
  await open(page, project.page("datasets/dropped"));
  const packed = gzipSync('{"id": "a", "expected": "new"}\n{"id": "b", "input": "other"}\n').toString("base64");
  await page.evaluate((packed) => {
    const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
    const data = new DataTransfer();
    data.items.add(new File([bytes], "cases.csv"));
    document.body.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: data }));
  }, packed);
  await expect(dialog(page).getByText("Read as JSONL: 1 row new, 1 to change.")).toBeVisible();
  await dialog(page).getByRole("button", { name: "Add 1 row, change 1" }).click();
  await expect(dialog(page).getByText("1 row added, 1 changed.")).toBeVisible();
  const stored = await rows(installation, id);
  expect(stored.map((row: { id: string }) => row.id).sort()).toEqual(["a", "b"]);
  const changed = stored.find((row: { id: string }) => row.id === "a");
  expect([changed.input, changed.expected, changed.metadata]).toEqual(["q", "new", { kept: 1 }]);
});

test("what cannot be read is said with what to do, and who may not upload has no button", async ({ installation, project, engineer: page, reviewer, watch }) => {
  watch.allow(/status of 400 .*upload/);
  await dataset(installation, project, "strict");
  await open(page, project.page("datasets/strict"));
  await page.getByRole("button", { name: "Upload" }).click();
  await choose(page, "cases.csv", Buffer.from("PK\u0003\u0004"));
  await expect(dialog(page).getByRole("alert")).toHaveText("This is a workbook or another archive. Save the sheet as CSV (UTF-8) and upload that.");
  await choose(page, "cases.csv", "a,a\n1,2\n");
  await expect(dialog(page).getByRole("alert")).toHaveText("Columns 1 and 2 are both called a. Rename one of them.");
  await choose(page, "cases.csv", Buffer.from("input,n\ncaf\u00e9,1\n", "latin1"));
  await expect(dialog(page).getByText("it was read as Latin-1")).toBeVisible();
  await expect(dialog(page).getByRole("region", { name: "First rows" })).toContainText("café");
  await dialog(page).getByRole("button", { name: "Cancel" }).click();
  await open(reviewer, project.page("datasets/strict"));
  await expect(reviewer.getByRole("heading", { name: "strict", level: 1 })).toBeVisible();
  await expect(reviewer.getByRole("button", { name: "Upload" })).toHaveCount(0);
});
