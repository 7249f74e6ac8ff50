// Experiments and datasets themselves: who changed what about them, metadata, and what was deleted and comes back.

import { expect, open, test, type Page, type Project } from "../support/fixtures.js";
import type { Installation } from "../support/fixtures.js";
import { hydrated, row } from "../support/pages.js";

async function dataset(installation: Installation, project: Project, name: string, metadata?: object): Promise<string> {
  const { id } = await installation.call("POST", "/v1/dataset", { project_id: project.id, name, metadata });
  await installation.call("POST", `/v1/dataset/${id}/insert`, { events: [{ id: `${name}-row`, input: "How high is it?", expected: "1200 m" }] });
  return id;
}

const listed = (page: Page, name: string) => page.getByRole("row", { name: new RegExp(`^${name}\\b`) });

async function remove(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Delete dataset" }).click();
  await page.getByRole("dialog", { name: "Delete dataset" }).getByRole("button", { name: "Delete", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Datasets", level: 1 })).toBeVisible();
}

test("what was deleted is offered back at once, by a toast and by its key", async ({ installation, project, engineer: page, watch }) => {
  // Whoever still looks at it is told that it is gone.
  watch.allow(/status of 404 .*fn\/logs\/open/);
  await dataset(installation, project, "golden");
  await open(page, project.page("datasets/golden"));
  await remove(page);
  await expect(listed(page, "golden")).toHaveCount(0);
  const toast = page.getByRole("group", { name: "Last action" });
  await expect(toast).toContainText("Deleted golden");
  await toast.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("heading", { name: "golden", level: 1 })).toBeVisible();
  await expect(row(page, "golden-row")).toBeVisible();
  await remove(page);
  await expect(toast).toBeVisible();
  await page.keyboard.press("z");
  await expect(page.getByRole("heading", { name: "golden", level: 1 })).toBeVisible();
  await page.getByRole("button", { name: "Activity" }).click();
  const activity = page.getByRole("region", { name: "Activity" });
  await expect(activity.getByRole("listitem")).toHaveText([/Emil Engineer brought it back/, /Emil Engineer deleted it/, /brought it back/, /deleted it/]);
});

test("what was deleted longer ago waits under Recently deleted, and needs a new name where another one has its name", async ({ installation, project, engineer: page, watch }) => {
  watch.allow(/status of 400/);
  const ids = { golden: await dataset(installation, project, "golden"), other: await dataset(installation, project, "other") };
  for (const id of Object.values(ids)) await installation.call("DELETE", `/v1/dataset/${id}`);
  await dataset(installation, project, "golden");
  await open(page, project.page("datasets"));
  await expect(page.getByRole("group", { name: "Last action" })).toHaveCount(0);
  await page.getByText("Recently deleted, 2").click();
  await expect(page.getByText("Another dataset is called golden by now. Give this one another name.")).toBeVisible();
  const name = page.getByRole("textbox", { name: "New name for golden" });
  await page.getByRole("button", { name: "Restore golden" }).click();
  await expect(page.getByRole("alert")).toContainText("has this name by now");
  await name.fill("golden, the first");
  await page.getByRole("button", { name: "Restore golden" }).click();
  await expect(page.getByRole("heading", { name: "golden, the first", level: 1 })).toBeVisible();
  await expect(row(page, "golden-row")).toBeVisible();
  await page.getByRole("link", { name: "All datasets" }).click();
  await page.getByText("Recently deleted, 1").click();
  await page.getByRole("button", { name: "Restore other" }).click();
  await expect(page.getByRole("heading", { name: "other", level: 1 })).toBeVisible();
});

test("a project that was deleted by mistake comes back", async ({ installation, owner: page }) => {
  const project = await installation.project("kept");
  await installation.sendTraces([{ id: "one", project_id: project.id, log_id: "g", input: "Is this gold?" }]);
  await open(page, "/app/touchstone");
  await page.getByRole("button", { name: `Delete ${project.name}` }).click();
  await page.getByRole("dialog", { name: "Delete project" }).getByRole("textbox").pressSequentially(project.name);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("link", { name: project.name, exact: true })).toHaveCount(0);
  await page.getByText(/^Recently deleted/).click();
  await page.getByRole("button", { name: `Restore ${project.name}` }).click();
  await expect(page).toHaveURL(new RegExp(`${project.page("logs").replaceAll(".", "\\.")}$`));
  await expect(row(page, "one")).toBeVisible();
});

test("metadata is read as a tree and edited with its mistakes shown", async ({ installation, project, engineer: page, watch }) => {
  watch.allow(/status of 400/);
  await dataset(installation, project, "told", { prompt: "v14", nested: { n: 1 } });
  await open(page, project.page("datasets/told"));
  await page.getByRole("button", { name: "Metadata, 2 keys" }).click();
  const panel = page.getByRole("region", { name: "Metadata" });
  await expect(panel).toContainText("prompt: \"v14\"");
  await panel.getByRole("button", { name: "Edit metadata" }).click();
  const dialog = page.getByRole("dialog", { name: "Edit metadata" });
  const text = dialog.getByLabel("Metadata");
  await expect(text).toHaveValue(/"prompt": "v14"/);
  await text.fill('{\n  "prompt": }');
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toContainText("Line 2, character");
  await text.fill('{ "prompt": "v15" }');
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
  await page.getByRole("button", { name: "Metadata, 1 key" }).click();
  await expect(panel).toContainText("v15");
  await page.getByRole("button", { name: "Activity" }).click();
  await expect(page.getByRole("region", { name: "Activity" })).toContainText("changed metadata.prompt from v14 to v15");
});

test("who may not change them reads and is offered nothing", async ({ installation, project, viewer: page }) => {
  const id = await dataset(installation, project, "gone");
  await dataset(installation, project, "there", { a: 1 });
  await installation.call("DELETE", `/v1/dataset/${id}`);
  await open(page, project.page("datasets/there"));
  await page.getByRole("button", { name: "Metadata, 1 key" }).click();
  await expect(page.getByRole("region", { name: "Metadata" })).toContainText("a: 1");
  await expect(page.getByRole("button", { name: "Edit metadata" })).toHaveCount(0);
  await page.getByRole("link", { name: "All datasets" }).click();
  await expect(listed(page, "there")).toBeVisible();
  await expect(page.getByText("Recently deleted")).toHaveCount(0);
});

test("on a phone what was deleted can be brought back", async ({ installation, project, engineer: page, watch }) => {
  watch.allow(/status of 404 .*fn\/(logs|spans)\/open/);
  await dataset(installation, project, "small");
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page, project.page("datasets/small"));
  await remove(page);
  const toast = page.getByRole("group", { name: "Last action" });
  await expect(toast.getByRole("button", { name: "Undo" })).toBeInViewport({ ratio: 1 });
  await page.reload();
  await hydrated(page);
  await page.getByText("Recently deleted, 1").click();
  await page.getByRole("button", { name: "Restore small" }).click();
  await expect(row(page, "small-row")).toBeVisible();
});
