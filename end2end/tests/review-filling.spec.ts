// Filling a review list: drawn at random from what matches, and by rules as rows arrive.

import { expect, open, test, type Page } from "../support/fixtures.js";
import { hydrated } from "../support/pages.js";
import { many } from "../support/rows.mjs";

const items = (page: Page) => page.locator("tr[data-item]");
const dialog = (page: Page, name: string) => page.getByRole("dialog", { name });

test("a list is filled at random, by the keyboard, after one was told what that would do", async ({ installation, project, engineer, reviewer, watch }) => {
  watch.allow(/status of 400/);
  await installation.sendTraces(many(project.id, 40, (index) => ({ name: `row ${index}`, input: `question ${index}.`, metadata: { half: index % 2 } })));
  await open(reviewer, project.page("review"));
  await expect(reviewer.getByRole("button", { name: "Fill", exact: true })).toHaveCount(0);
  await expect(reviewer.getByRole("button", { name: "Rules" })).toHaveCount(0);
  await open(engineer, project.page("review"));
  await hydrated(engineer);
  await engineer.getByRole("button", { name: "Fill", exact: true }).press("Enter");
  const fill = dialog(engineer, "Fill list");
  await expect(fill.getByRole("status")).toContainText("Would add 20 of 40.");
  await fill.getByLabel("Filter").fill("metadata.half =");
  await expect(fill.getByLabel("Filter")).toHaveAttribute("aria-invalid", "true");
  await fill.getByLabel("Filter").fill("metadata.half = 1");
  await expect(fill.getByRole("status")).toContainText("Would add 20 of 20.");
  await fill.getByRole("textbox", { name: "Rows" }).fill("7");
  await expect(fill.getByRole("status")).toContainText("Would add 7 of 20.");
  await fill.getByRole("textbox", { name: "Rows" }).press("Enter");
  await expect(fill.getByRole("status")).toContainText("Added 7.");
  await engineer.keyboard.press("Escape");
  await expect(fill).toBeHidden();
  await expect(items(engineer)).toHaveCount(7);
  await expect(items(engineer).first()).toContainText("at random");
  await expect(items(engineer).first().locator(".from .muted")).toHaveAttribute("title", "drawn at random: 7 of 20 (metadata.half = 1)");
  await expect(items(reviewer)).toHaveCount(7);

  // The filter is the one of the last time. A share too large is said at its field.
  await engineer.getByRole("button", { name: "Fill", exact: true }).click();
  await expect(fill.getByLabel("Filter")).toHaveValue("metadata.half = 1");
  await fill.getByRole("radio", { name: "A share at random" }).check();
  await fill.getByLabel("Share, %").fill("500");
  await expect(fill).toContainText("Use a share above 0 and up to 1");
  await fill.getByRole("radio", { name: "All that match" }).check();
  await expect(fill.getByRole("status")).toContainText("Would add 13 of 20; 7 there already.");
  await fill.getByRole("button", { name: "Fill", exact: true }).click();
  await expect(fill.getByRole("status")).toContainText("Added 13; 7 were there already.");
  await engineer.keyboard.press("Escape");
  await expect(items(engineer)).toHaveCount(20);
});

test("a rule takes what arrives, rests, is changed and removed", async ({ installation, project, engineer }) => {
  await open(engineer, project.page("review"));
  await hydrated(engineer);
  await engineer.getByRole("button", { name: "Rules" }).click();
  const rules = dialog(engineer, "Rules");
  await expect(rules).toContainText("No rule yet.");
  const form = rules.getByRole("form", { name: "New rule" });
  await form.getByLabel("Filter").fill("metadata.half = 1");
  await form.getByLabel("Share, %").fill("100");
  await form.getByLabel("At most a day").fill("30");
  await expect(form.getByRole("status")).toContainText("Yesterday it would have added 0 of 0.");
  await form.getByRole("button", { name: "Add rule" }).click();
  const rule = rules.getByRole("list", { name: "Rules" }).getByRole("listitem");
  await expect(rule).toContainText("metadata.half = 1");
  await expect(rule).toContainText("100 %, at most 30 a day; 0 today, 0 in all; by Emil Engineer");
  await engineer.keyboard.press("Escape");
  await installation.sendTraces(many(project.id, 10, (index) => ({ name: `row ${index}`, input: `question ${index}.`, metadata: { half: index % 2 } })));
  await expect(items(engineer)).toHaveCount(5);
  await expect(items(engineer).first()).toContainText("by rule");

  await engineer.getByRole("button", { name: "Rules" }).click();
  await expect(rule).toContainText("5 today, 5 in all");
  await rule.getByRole("button", { name: "Pause" }).click();
  await expect(rule).toContainText("Paused.");
  await rule.getByRole("button", { name: "Edit" }).click();
  const edit = rules.getByRole("form", { name: "Edit rule" });
  await edit.getByLabel("Share, %").fill("2,5");
  await edit.getByRole("button", { name: "Save" }).click();
  await expect(rule).toContainText("Paused. 2.5 %");
  await rule.getByRole("button", { name: "Remove" }).click();
  await rule.getByRole("button", { name: "Remove for good" }).click();
  await expect(rules).toContainText("No rule yet.");
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test("a list is filled", async ({ installation, project, engineer }) => {
    await installation.sendTraces(many(project.id, 6, (index) => ({ name: `row ${index}`, input: `question ${index}.` })));
    await open(engineer, project.page("review"));
    await hydrated(engineer);
    await engineer.getByRole("button", { name: "Fill", exact: true }).click();
    await dialog(engineer, "Fill list").getByRole("radio", { name: "All that match" }).check();
    await dialog(engineer, "Fill list").getByRole("button", { name: "Fill", exact: true }).click();
    await expect(dialog(engineer, "Fill list").getByRole("status")).toContainText("Added 6.");
  });
});
