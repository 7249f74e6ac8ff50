import { expect, open, test } from "../support/fixtures.js";
import { hydrated, row, rows } from "../support/pages.js";
import { root } from "../support/rows.mjs";

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
