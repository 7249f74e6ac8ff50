// A team lead lets somebody in, asks a question and asks it otherwise, makes a key for a reviewer, and puts the experiments in order.

import { expect, open, PASSWORD, test } from "../../support/fixtures.js";
import { press, tabTo, type } from "../../support/hands.js";
import { delay } from "../../support/landing.js";
import { hydrated, question } from "../../support/pages.js";
import { root } from "../../support/rows.mjs";

for (const milliseconds of [0, 150]) {
  test(`from an invitation to an experiment, with an answer after ${milliseconds} ms`, async ({ installation, project, owner: page, stranger, watch }) => {
    // Whoever still looks at an experiment is told that it is gone.
    watch.allow(/status of 404 .*fn\/logs\/open/);
    const sent = root(project.id);
    await installation.sendTraces([sent]);
    await installation.call("POST", "/v1/experiment", { project_id: project.id, name: "first" });
    await delay(page, milliseconds);
    const main = page.getByRole("main");
    const dialog = page.getByRole("dialog");
    const listed = (text: string) => main.getByRole("listitem").filter({ hasText: text });

    // An invitation, written by keys, and followed.
    await open(page, project.page("configuration/members"));
    await tabTo(page, page.getByLabel("Email"));
    await type(page, `ines-${project.id}@example.com`);
    await press(page, "Enter");
    const link = (await page.getByText(/\/join\/\S+$/).first().innerText()).trim();
    await open(stranger, link);
    await stranger.getByLabel("Name").fill(`Ines of ${project.name}`);
    await stranger.getByLabel("Password").fill(PASSWORD);
    await press(stranger, "Enter");
    await expect(stranger.getByRole("heading", { name: "Home", level: 1 })).toBeVisible();

    // A question, and the same one in other words.
    // Past the role, to a button: letters are text in a field.
    await press(page, "Tab", "Tab", "g", "c");
    await expect(page).toHaveTitle(`Human review scores · ${project.name} · Touchstone`);
    await page.getByRole("button", { name: "Add human review score" }).click();
    await expect(dialog.getByLabel("Name", { exact: true })).toBeFocused();
    await type(page, "Tone");
    await dialog.getByLabel("Type").selectOption("Categorical");
    await dialog.getByRole("button", { name: "Add option" }).click();
    await expect(dialog.getByRole("textbox", { name: "Option 1", exact: true })).toBeFocused();
    await type(page, "Warm");
    await press(page, "Enter");
    await type(page, "Rude");
    // The best stands first.
    await expect(dialog.getByRole("textbox", { name: "Percentage of option 1", exact: true })).toHaveValue("100");
    await press(page, "Control+Enter");
    await expect(dialog).toBeHidden();
    await expect(listed("Tone")).toContainText("2 options");
    await open(stranger, project.page(`logs?r=${sent.root_span_id}`));
    await press(stranger, "1");
    await expect(question(stranger, "Tone").getByRole("radio", { name: /^Warm/ })).toBeChecked();
    await page.getByRole("button", { name: "Edit Tone" }).click();
    await dialog.getByLabel("Description").fill("How does it **sound**?");
    await press(page, "Control+Enter");
    await expect(dialog).toBeHidden();
    await expect(listed("Tone")).toContainText("How does it sound?");
    await expect(listed("Tone")).toContainText("v2");
    await expect(question(stranger, "Tone")).toContainText("How does it sound?");

    // A key for the reviewer is a reviewer.
    await open(page, project.page("configuration/keys"));
    await page.getByLabel("Name", { exact: true }).fill(`job of ${project.name}`);
    await page.getByLabel("Owner", { exact: true }).selectOption({ label: `Ines of ${project.name} (Reviewer)` });
    await page.getByRole("button", { name: "Create API key" }).click();
    const secret = (await page.getByText(/^ts_[^…\s]+$/).innerText()).trim();
    const ask = (path: string, body: object) =>
      fetch(installation.origin + path, { method: "POST", headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" }, body: JSON.stringify(body) });
    expect((await ask("/v1/project_score", { project_id: project.id, name: "Mine", score_type: "slider" })).status).toBe(403);
    await expect(listed(`job of ${project.name}`)).toContainText(`Ines of ${project.name}`);

    // An experiment gets its name, and goes.
    await press(page, "g", "e");
    await page.getByRole("link", { name: "first", exact: true }).click();
    await hydrated(page);
    await page.getByRole("button", { name: "Edit experiment" }).click();
    await expect(dialog.getByLabel("Name", { exact: true })).toBeFocused();
    await press(page, "End");
    await type(page, " of all");
    await press(page, "Enter");
    await expect(page.getByRole("heading", { name: "first of all", level: 1 })).toBeVisible();
    await hydrated(page);
    await page.getByRole("button", { name: "Delete experiment" }).click();
    await dialog.getByRole("button", { name: "Delete", exact: true }).click();
    await expect(page.getByRole("heading", { name: "Experiments", level: 1 })).toBeVisible();
    await expect(page.getByRole("link", { name: "first of all" })).toHaveCount(0);
  });
}
