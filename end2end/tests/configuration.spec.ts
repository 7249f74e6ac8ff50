import { expect, open, test, type Page } from "../support/fixtures.js";
import { PASSWORD } from "../support/fixtures.js";
import { hydrated } from "../support/pages.js";
import { root } from "../support/rows.mjs";

const dialog = (page: Page) => page.getByRole("dialog");
const save = (page: Page) => dialog(page).getByRole("button", { name: "Save" });
const entry = (page: Page, name: string) => page.getByRole("main").getByRole("listitem").filter({ hasText: name });

/** The labels of the grips, from top to bottom. */
const grips = (page: Page) => page.getByRole("button", { name: /^Move / }).evaluateAll((grips) => grips.map((grip) => grip.getAttribute("aria-label")));

/** Opens the dialog and gives the question a name. */
async function addScore(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: "Add human review score" }).click();
  await expect(dialog(page)).toBeVisible();
  await expect(dialog(page)).toHaveAccessibleName("Add human review score");
  await dialog(page).getByLabel("Name", { exact: true }).fill(name);
}

/** Adds an option with a percentage. */
async function addOption(page: Page, number: number, name: string, percentage?: string): Promise<void> {
  await dialog(page).getByRole("button", { name: "Add option" }).click();
  await dialog(page).getByRole("textbox", { name: `Option ${number}`, exact: true }).fill(name);
  if (percentage !== undefined) await dialog(page).getByRole("textbox", { name: `Percentage of option ${number}`, exact: true }).fill(percentage);
}

/** The order of the keyboard outlives a reload; then the last of the list is dragged to its top. */
async function reloadAndDragToTheTop(page: Page): Promise<void> {
  const order = () => grips(page);
  await page.reload();
  await hydrated(page);
  expect(await order()).toEqual(["Move Third", "Move First", "Move Second"]);
  await page.getByRole("button", { name: "Move Second" }).hover();
  const target = (await entry(page, "Third").boundingBox())!;
  await page.mouse.down();
  await page.mouse.move(target.x + target.width / 2, target.y + target.height / 2, { steps: 10 });
  await page.mouse.up();
  await expect.poll(order).toEqual(["Move Second", "Move Third", "Move First"]);
  await expect(page.getByRole("status")).toContainText("Saved");
}

test("a continuous score is added, and reviewers get a slider", async ({ installation, project, engineer }) => {
  await open(engineer, project.page("configuration"));
  await addScore(engineer, "Preference");
  await dialog(engineer).getByLabel("Description").fill("Would you be glad to get this answer?");
  await save(engineer).click();
  await expect(dialog(engineer)).toBeHidden();
  await expect(entry(engineer, "Preference")).toContainText("v1");
  await engineer.reload();
  await hydrated(engineer);
  await expect(entry(engineer, "Preference")).toContainText("Would you be glad to get this answer?");

  const sent = root(project.id);
  await installation.sendTraces([sent]);
  await open(engineer, project.page(`logs?r=${sent.root_span_id}`));
  await expect(engineer.getByRole("region", { name: "Human review" }).getByRole("group", { name: "Preference", exact: true }).getByRole("slider")).toBeVisible();
});

test("a categorical score is added with options and percentages", async ({ installation, project, engineer }) => {
  await open(engineer, project.page("configuration"));
  await addScore(engineer, "Resolution");
  await dialog(engineer).getByLabel("Type").selectOption("Categorical");
  await addOption(engineer, 1, "Resolved");
  await addOption(engineer, 2, "Partly");
  await addOption(engineer, 3, "Not resolved");
  // Percentages spread by themselves until somebody types one.
  const percentage = (number: number) => dialog(engineer).getByRole("textbox", { name: `Percentage of option ${number}`, exact: true });
  await expect(percentage(2)).toHaveValue("50");
  await percentage(2).fill("40");
  await engineer.keyboard.press("Control+Enter");
  await expect(dialog(engineer)).toBeHidden();
  await expect(entry(engineer, "Resolution")).toContainText("3 options");

  const { objects } = await installation.call("GET", `/v1/project_score?project_id=${project.id}`);
  expect(objects).toMatchObject([
    {
      name: "Resolution",
      score_type: "categorical",
      categories: [
        { name: "Resolved", value: 1 },
        { name: "Partly", value: 0.4 },
        { name: "Not resolved", value: 0 },
      ],
    },
  ]);
});

test("every mistake is said at its field", async ({ installation, project, engineer, watch }) => {
  // The server's own refusal is the last of them.
  watch.allow(/status of 4/);
  await installation.slider(project, "Preference");
  await open(engineer, project.page("configuration"));
  await addScore(engineer, "");
  await dialog(engineer).getByLabel("Type").selectOption("Categorical");
  await save(engineer).click();
  await expect(dialog(engineer)).toContainText("Give the score a name");
  await expect(dialog(engineer)).toContainText("Add at least one option");
  await expect(dialog(engineer).getByLabel("Name", { exact: true })).toHaveAttribute("aria-invalid", "true");

  await addOption(engineer, 1, "Good", "140");
  await expect(dialog(engineer)).toContainText("Use a percentage from 0 to 100.");
  await dialog(engineer).getByRole("textbox", { name: "Percentage of option 1", exact: true }).fill("100");
  await expect(dialog(engineer)).not.toContainText("Use a percentage from 0 to 100.");
  await addOption(engineer, 2, "Good", "100");
  await expect(dialog(engineer)).toContainText("There is already an option named Good.");
  await expect(dialog(engineer)).toContainText("Option 1 already has this percentage");
  await dialog(engineer).getByRole("textbox", { name: "Option 2", exact: true }).fill("");
  await expect(dialog(engineer)).toContainText("Give the option a name.");
  await dialog(engineer).getByRole("textbox", { name: "Option 2", exact: true }).fill("Bad");
  await dialog(engineer).getByRole("textbox", { name: "Percentage of option 2", exact: true }).fill("0");

  // What only the server knows.
  await dialog(engineer).getByLabel("Name", { exact: true }).fill("Preference");
  await save(engineer).click();
  await expect(dialog(engineer)).toBeVisible();
  await expect(dialog(engineer)).toContainText(/already|taken|exists/i);
  await dialog(engineer).getByLabel("Name", { exact: true }).fill("Quality");
  await save(engineer).click();
  await expect(dialog(engineer)).toBeHidden();
  await expect(entry(engineer, "Quality")).toContainText("2 options");
});

test("editing a score makes version 2", async ({ installation, project, engineer }) => {
  await installation.slider(project, "Preference");
  await open(engineer, project.page("configuration"));
  await engineer.getByRole("button", { name: "Edit Preference" }).click();
  await expect(dialog(engineer)).toContainText("Version 2");
  await dialog(engineer).getByLabel("Description").fill("Better words.");
  await save(engineer).click();
  await expect(dialog(engineer)).toBeHidden();
  await expect(entry(engineer, "Preference")).toContainText("v2");
  await engineer.reload();
  await hydrated(engineer);
  await expect(entry(engineer, "Preference")).toContainText("v2");
  await expect(entry(engineer, "Preference")).toContainText("Better words.");
});

test("a score is archived and restored", async ({ installation, project, engineer }) => {
  await installation.slider(project, "Preference");
  await installation.slider(project, "Tone");
  await open(engineer, project.page("configuration"));
  await engineer.getByRole("button", { name: "Archive Preference" }).click();
  await expect(engineer.getByRole("button", { name: "Archive Preference" })).toHaveCount(0);
  await expect(engineer.getByRole("status")).toContainText("Saved");
  await engineer.reload();
  await hydrated(engineer);
  await expect(engineer.getByRole("button", { name: "Archive Tone" })).toBeVisible();
  await expect(engineer.getByRole("button", { name: "Archive Preference" })).toHaveCount(0);
  await engineer.getByRole("button", { name: "Show archived" }).click();
  await engineer.getByRole("button", { name: "Restore Preference" }).click();
  await expect(engineer.getByRole("button", { name: "Archive Preference" })).toBeVisible();
});

test("scores are put in another order with the keyboard and by dragging", async ({ installation, project, engineer, reviewer }) => {
  for (const name of ["First", "Second", "Third"]) await installation.slider(project, name);
  await open(engineer, project.page("configuration"));
  const order = () => grips(engineer);
  expect(await order()).toEqual(["Move First", "Move Second", "Move Third"]);
  const grip = engineer.getByRole("button", { name: "Move Third" });
  await grip.focus();
  await engineer.keyboard.press("ArrowUp");
  await expect.poll(order).toEqual(["Move First", "Move Third", "Move Second"]);
  await expect(grip).toBeFocused();
  await engineer.keyboard.press("ArrowUp");
  await expect.poll(order).toEqual(["Move Third", "Move First", "Move Second"]);
  await expect(grip).toBeFocused();
  await expect(engineer.getByRole("status")).toContainText("Saved");
  await reloadAndDragToTheTop(engineer);
  // That is the order in which reviewers are asked.
  const sent = root(project.id);
  await installation.sendTraces([sent]);
  await open(reviewer, project.page(`logs?r=${sent.root_span_id}`));
  await expect(reviewer.getByRole("region", { name: "Human review" }).getByRole("heading", { level: 3 })).toHaveText(["Second", "Third", "First"]);
});

test("tags are added, changed and deleted", async ({ project, engineer }) => {
  await open(engineer, project.page("configuration/tags"));
  await engineer.getByRole("button", { name: "Add tag" }).click();
  await dialog(engineer).getByLabel("Name", { exact: true }).fill("Triage");
  await dialog(engineer).getByLabel("Description").fill("Somebody has to look at this.");
  await save(engineer).click();
  await expect(entry(engineer, "Triage")).toContainText("Somebody has to look at this.");
  await engineer.getByRole("button", { name: "Edit Triage" }).click();
  await dialog(engineer).getByLabel("Description").fill("Look at this today.");
  await save(engineer).click();
  await expect(entry(engineer, "Triage")).toContainText("Look at this today.");
  await engineer.reload();
  await hydrated(engineer);
  await expect(entry(engineer, "Triage")).toContainText("Look at this today.");
  // One is asked first, and told what stays.
  await engineer.getByRole("button", { name: "Delete Triage" }).click();
  await expect(dialog(engineer)).toContainText("Spans that carry it keep it.");
  await dialog(engineer).getByRole("button", { name: "Cancel" }).click();
  await expect(dialog(engineer)).toBeHidden();
  await expect(entry(engineer, "Triage")).toBeVisible();
  await engineer.getByRole("button", { name: "Delete Triage" }).click();
  await dialog(engineer).getByRole("button", { name: "Delete" }).click();
  await expect(entry(engineer, "Triage")).toHaveCount(0);
  await expect(engineer.getByRole("status")).toContainText("Saved");
});

test("tags are put in another order with the keyboard and by dragging", async ({ installation, project, engineer }) => {
  for (const name of ["First", "Second", "Third"]) await installation.call("POST", "/v1/project_tag", { project_id: project.id, name, color: "#1f7f79" });
  await open(engineer, project.page("configuration/tags"));
  const order = () => grips(engineer);
  expect(await order()).toEqual(["Move First", "Move Second", "Move Third"]);
  const grip = engineer.getByRole("button", { name: "Move Third" });
  await grip.focus();
  // Two orders one after the other: the second waits for the first.
  await engineer.keyboard.press("ArrowUp");
  await expect(grip).toBeFocused();
  await engineer.keyboard.press("ArrowUp");
  await expect.poll(order).toEqual(["Move Third", "Move First", "Move Second"]);
  await expect(grip).toBeFocused();
  await expect(engineer.getByRole("status")).toContainText("Saved");
  await reloadAndDragToTheTop(engineer);
  const { objects } = await installation.call("GET", `/v1/project_tag?project_id=${project.id}`);
  expect(objects.map(({ name, position }: { name: string; position: string }) => [position, name]).sort()).toEqual([
    ["0000000001", "Second"],
    ["0000000002", "Third"],
    ["0000000003", "First"],
  ]);
});

test("an API key is shown once, works, and is refused once it is revoked", async ({ installation, project, engineer }) => {
  await open(engineer, project.page("configuration/keys"));
  await engineer.getByLabel("Name", { exact: true }).fill("Nightly job");
  await engineer.getByRole("button", { name: "Create API key" }).click();
  const shown = engineer.getByText(/^ts_\S+$/).first();
  await expect(shown).toBeVisible();
  const secret = (await shown.innerText()).trim();

  const send = () =>
    fetch(`${installation.origin}/logs3`, {
      method: "POST",
      headers: { authorization: `Bearer ${secret}` },
      body: JSON.stringify({ rows: [root(project.id)], api_version: 2 }),
    });
  expect((await send()).status).toBe(200);
  await engineer.reload();
  await hydrated(engineer);
  await expect(entry(engineer, "Nightly job")).toBeVisible();
  expect(await engineer.content()).not.toContain(secret);

  await engineer.getByRole("button", { name: "Revoke Nightly job" }).click();
  await engineer.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await expect(entry(engineer, "Nightly job")).toHaveCount(0);
  const refused = await send();
  expect(refused.status).toBe(401);
  expect(await refused.text()).toMatch(/revoked|not valid|does not work/i);
});

test("an invitation lets somebody in, once", async ({ project, owner, stranger, watch }) => {
  const email = `ines-${project.id}@example.com`;
  await open(owner, project.page("configuration/members"));
  await owner.getByLabel("Email").fill(email);
  await owner.getByLabel("Role", { exact: true }).selectOption("reviewer");
  await owner.getByRole("button", { name: "Invite" }).click();
  const shown = owner.getByText(/\/join\/\S+$/).first();
  await expect(shown).toBeVisible();
  const link = (await shown.innerText()).trim();
  expect(new URL(link).origin).toBe(new URL(owner.url()).origin);

  await open(stranger, link);
  await expect(stranger.getByLabel("Email")).toHaveValue(email);
  await stranger.getByLabel("Name").fill("Ines Invited");
  await stranger.getByLabel("Password").fill(PASSWORD);
  await stranger.getByRole("button", { name: "Join" }).click();
  // Who reviews begins at Home.
  await expect(stranger.getByRole("heading", { name: "Home", level: 1 })).toBeVisible();
  await open(stranger, "/app/touchstone");
  await expect(stranger.getByRole("heading", { name: "Projects", level: 1 })).toBeVisible();
  await expect(stranger.getByRole("link", { name: project.name, exact: true })).toBeVisible();

  watch.allow(/status of 4/);
  await stranger.goto(link);
  await expect(stranger.getByRole("alert")).toContainText(/used|expired|not found/i);
  await expect(stranger.getByRole("button", { name: "Join" })).toHaveCount(0);

  await owner.reload();
  await hydrated(owner);
  await expect(entry(owner, "Ines Invited")).toBeVisible();
});

test("who may not configure only reads", async ({ installation, project, viewer, reviewer, watch }) => {
  watch.allow(/status of 403/);
  await installation.slider(project, "Preference");
  await installation.call("POST", "/v1/project_tag", { project_id: project.id, name: "Triage" });
  for (const page of [viewer, reviewer]) {
    await open(page, project.page("configuration"));
    await expect(entry(page, "Preference")).toBeVisible();
    for (const name of ["Add human review score", "Edit Preference", "Archive Preference", "Move Preference"]) {
      await expect(page.getByRole("button", { name })).toHaveCount(0);
    }
    await expect(page.getByRole("link", { name: "Members" })).toHaveCount(0);
    await open(page, project.page("configuration/tags"));
    await expect(entry(page, "Triage")).toBeVisible();
    for (const name of ["Add tag", "Edit Triage", "Delete Triage", "Move Triage"]) {
      await expect(page.getByRole("button", { name })).toHaveCount(0);
    }
    await page.goto(project.page("configuration/members"));
    await expect(page.getByRole("alert").first()).toContainText("may not");
  }
});
