// Keys that lead from page to page, and the sheet that says which keys there are.

import { expect, open, test } from "../support/fixtures.js";
import { question, trace } from "../support/pages.js";
import { root } from "../support/rows.mjs";

test("g and a letter lead to the pages of the rail", async ({ installation, project, reviewer }) => {
  await installation.choice(project, "Resolution", { Low: 0, High: 1 });
  const sent = root(project.id);
  await installation.sendTraces([sent]);
  await open(reviewer, project.page("logs"));
  const heading = (name: string) => reviewer.getByRole("heading", { name, level: 1 });
  for (const [letter, name] of [["e", "Experiments"], ["d", "Datasets"], ["c", "Configuration"], ["h", "Home"], ["l", "Logs"]] as const) {
    await reviewer.keyboard.press("g");
    await reviewer.keyboard.press(letter);
    await expect(heading(name)).toBeVisible();
  }
  // Only together, and not while typing.
  const filter = reviewer.locator("form.filter input").first();
  await filter.focus();
  await reviewer.keyboard.type("ge");
  await expect(filter).toHaveValue("ge");
  await filter.fill("");
  await filter.blur();
  await reviewer.keyboard.press("e");
  await reviewer.keyboard.press("g");
  await reviewer.keyboard.press("x");
  await reviewer.keyboard.press("e");
  await expect(heading("Logs")).toBeVisible();
  // In an open trace the second letter answers nothing and leads into no field.
  await open(reviewer, project.page(`logs?r=${sent.root_span_id}`));
  await expect(question(reviewer, "Resolution").locator("[data-letter=l]")).toBeVisible();
  await reviewer.keyboard.press("g");
  await reviewer.keyboard.press("l");
  await expect(trace(reviewer)).toBeHidden();
  await expect(heading("Logs")).toBeVisible();
  const { objects } = await installation.call("GET", `/v1/answer?object_type=project_logs&object_id=${project.id}&id=${sent.id}`);
  expect(objects).toEqual([]);
  await open(reviewer, project.page(`logs?r=${sent.root_span_id}`));
  await expect(trace(reviewer)).toBeVisible();
  await reviewer.keyboard.press("g");
  await reviewer.keyboard.press("c");
  await expect(heading("Configuration")).toBeVisible();
});

test("the sheet tells the keys of this page", async ({ installation, project, reviewer }) => {
  await installation.slider(project, "Preference");
  const sent = root(project.id);
  await installation.sendTraces([sent]);
  await open(reviewer, project.page("configuration"));
  const sheet = reviewer.getByRole("dialog", { name: "Keyboard shortcuts" });
  await reviewer.keyboard.press("?");
  await expect(sheet).toContainText("Go to Experiments");
  await expect(sheet).not.toContainText("Copy link");
  await reviewer.keyboard.press("Escape");
  await expect(sheet).toBeHidden();
  await open(reviewer, project.page(`logs?r=${sent.root_span_id}`));
  await expect(question(reviewer, "Preference")).toBeVisible();
  await reviewer.getByRole("button", { name: "Shortcuts" }).click();
  await expect(sheet).toContainText("Copy link");
  await expect(sheet).toContainText("Previous and next question");
  await expect(sheet).toContainText("Edit expected");
  await reviewer.keyboard.press("Escape");
  await expect(sheet).toBeHidden();
  // The trace is still open, and its field takes the key as a letter.
  await expect(trace(reviewer)).toBeVisible();
  await reviewer.getByRole("textbox", { name: "Add a comment" }).fill("why");
  await reviewer.getByRole("textbox", { name: "Add a comment" }).press("?");
  await expect(sheet).toBeHidden();
});

test("the sheet names no key of a list that this one does not mind", async ({ installation, project, reviewer }) => {
  await installation.call("POST", "/v1/experiment", { project_id: project.id, name: "one" });
  const sheet = reviewer.getByRole("dialog", { name: "Keyboard shortcuts" });
  for (const [page, minded] of [["experiments", false], ["logs", true]] as const) {
    await open(reviewer, project.page(page));
    await reviewer.keyboard.press("?");
    await expect(sheet).toContainText("Open the row");
    for (const words of ["Select the row", "Flag the selected rows"]) await expect(sheet.getByText(words)).toHaveCount(minded ? 1 : 0);
  }
});

test("y copies the link of the open trace", async ({ installation, project, reviewer }) => {
  const sent = root(project.id);
  await installation.sendTraces([sent]);
  await reviewer.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await open(reviewer, project.page(`logs?r=${sent.root_span_id}`));
  await expect(trace(reviewer)).toBeVisible();
  await reviewer.keyboard.press("y");
  await expect.poll(() => reviewer.evaluate(() => navigator.clipboard.readText())).toBe(reviewer.url());
});
