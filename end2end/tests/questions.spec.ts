// Questions of every kind: how they are made, changed and put in order, and of whom they are asked.

import { expect, open, PEOPLE, test, type Page } from "../support/fixtures.js";
import { field, hydrated, question, review, saved, tree } from "../support/pages.js";
import { make, TEXT, TO_EXPECTED, withTrace } from "../support/questions.js";
import { child, root } from "../support/rows.mjs";

const dialog = (page: Page) => page.getByRole("dialog");
const control = (page: Page, name: string) => dialog(page).getByLabel(name, { exact: true });
const preview = (page: Page) => dialog(page).getByRole("group", { name: "Preview" });
const save = (page: Page) => dialog(page).getByRole("button", { name: "Save" });
const entry = (page: Page, name: string) => page.getByRole("main").getByRole("listitem").filter({ hasText: name });

async function begin(page: Page, name: string, type: string): Promise<void> {
  await page.getByRole("button", { name: "Add human review score" }).click();
  await control(page, "Name").fill(name);
  await control(page, "Type").selectOption(type);
}

async function addOptions(page: Page, names: string[]): Promise<void> {
  for (const [index, name] of names.entries()) {
    await dialog(page).getByRole("button", { name: "Add option" }).click();
    await dialog(page).getByRole("textbox", { name: `Option ${index + 1}`, exact: true }).fill(name);
  }
}

async function saveIt(page: Page): Promise<void> {
  await save(page).click();
  await expect(dialog(page)).toBeHidden();
}

test("options are written to expected instead of a score", async ({ installation, project, engineer }) => {
  await open(engineer, project.page("configuration"));
  await begin(engineer, "Intent", "Categorical");
  await expect(control(engineer, "Allow multiple choice")).toBeHidden();
  await addOptions(engineer, ["billing", "bug"]);
  await expect(control(engineer, "Percentage of option 1")).toBeVisible();
  await expect(preview(engineer)).toContainText("0 %");
  await control(engineer, "Write to expected field instead of score").check();
  await expect(control(engineer, "Percentage of option 1")).toBeHidden();
  await expect(dialog(engineer).getByRole("button", { name: "Spread evenly" })).toBeHidden();
  await expect(preview(engineer)).not.toContainText("%");
  await expect(preview(engineer).getByRole("radio")).toHaveCount(2);
  await control(engineer, "Allow multiple choice").check();
  await expect(preview(engineer).getByRole("checkbox")).toHaveCount(2);
  await expect(dialog(engineer)).toContainText("Shown on logs, experiments and datasets, to everyone");
  await saveIt(engineer);
  await expect(entry(engineer, "Intent")).toContainText("several of 2 to expected");

  // It is still so when the dialog opens again, and after the page was loaded anew.
  await engineer.reload();
  await hydrated(engineer);
  await engineer.getByRole("button", { name: "Edit Intent" }).click();
  await expect(control(engineer, "Write to expected field instead of score")).toBeChecked();
  await expect(control(engineer, "Allow multiple choice")).toBeChecked();
  await expect(dialog(engineer).getByRole("textbox", { name: "Option 2", exact: true })).toHaveValue("bug");
  // Back to a score, every option has a percentage again.
  await control(engineer, "Write to expected field instead of score").uncheck();
  await expect(control(engineer, "Percentage of option 2")).toHaveValue("0");
  await saveIt(engineer);
  const { objects } = await installation.call("GET", `/v1/project_score?project_id=${project.id}`);
  expect(objects).toMatchObject([{ categories: [{ name: "billing", value: 1 }, { name: "bug", value: 0 }], config: null }]);
});

test("a text has a place in metadata, and mistakes stand at their fields", async ({ installation, project, engineer, watch }) => {
  // Two refusals come from the server.
  watch.allow(/status of 4/);
  await make(installation, project, "Taken", { ...TEXT, config: { destination: "metadata.taken", hotkey: "b" } });
  await installation.sendTraces([root(project.id, { scores: { Factuality: 0.5 } })]);
  await open(engineer, project.page("configuration"));
  await begin(engineer, "Reason", "Free-form text");
  await expect(preview(engineer).getByRole("textbox")).toBeVisible();
  await expect(dialog(engineer).getByText("Higher is better")).toBeHidden();
  await save(engineer).click();
  await expect(dialog(engineer)).toContainText("Say where under metadata the text is written");
  await expect(control(engineer, "Metadata path")).toHaveAttribute("aria-invalid", "true");
  await control(engineer, "Metadata path").fill("review..reason");
  await expect(dialog(engineer)).toContainText("A part between two dots is empty");
  for (const object of ["Logs", "Experiments", "Datasets"]) await control(engineer, object).uncheck();
  await expect(dialog(engineer)).toContainText("Tick at least one; else it is asked nowhere.");
  await control(engineer, "Logs").check();
  await control(engineer, "Some people or roles").check();
  await expect(dialog(engineer)).toContainText("Tick at least one person or role");
  await control(engineer, PEOPLE.reviewer.name).check();
  await expect(dialog(engineer)).not.toContainText("Tick at least one");

  // What only the server knows.
  await control(engineer, "Metadata path").fill("taken");
  await save(engineer).click();
  await expect(dialog(engineer)).toContainText("Taken is written there already");
  await control(engineer, "Metadata path").fill("review.reason");
  await control(engineer, "Key").selectOption("b");
  await save(engineer).click();
  await expect(dialog(engineer)).toContainText("Taken has this key already");
  await control(engineer, "Key").selectOption("n");
  await saveIt(engineer);
  await expect(entry(engineer, "Reason")).toContainText("metadata.review.reason");
  const { objects } = await installation.call("GET", `/v1/project_score?project_id=${project.id}&project_score_name=Reason`);
  expect(objects[0].config).toMatchObject({ destination: "metadata.review.reason", object_types: ["project_logs"], hotkey: "n" });
  expect(objects[0].config.visibility.users).toHaveLength(1);

  // An automatic score of the same name is no mistake: they share a column.
  await begin(engineer, "Factuality", "Continuous");
  await expect(dialog(engineer)).toContainText("Factuality is also the name of a score that SDKs send");
  await expect(control(engineer, "Datasets")).toBeDisabled();
  await saveIt(engineer);
});

test("a description is Markdown, in the preview and for reviewers", async ({ installation, project, engineer, reviewer }) => {
  const { address } = await withTrace(installation, project);
  await open(engineer, project.page("configuration"));
  await begin(engineer, "Preference", "Continuous");
  await control(engineer, "Description").fill("Would **you** be glad?\n\n<script>alert(1)</script>\n\n* honest\n* kind");
  await expect(preview(engineer).locator("strong")).toHaveText("you");
  await expect(preview(engineer).getByRole("listitem")).toHaveCount(2);
  await control(engineer, "Required").check();
  await expect(preview(engineer)).toContainText("required");
  await saveIt(engineer);
  await open(reviewer, address);
  const asked = question(reviewer, "Preference");
  await expect(asked.locator("strong")).toHaveText("you");
  await expect(asked).toContainText("<script>alert(1)</script>");
  await expect(asked).toContainText("required");
});

test("a score is duplicated under another name", async ({ installation, project, engineer }) => {
  await make(installation, project, "Intent", TO_EXPECTED);
  await open(engineer, project.page("configuration"));
  await engineer.getByRole("button", { name: "Duplicate Intent" }).click();
  await expect(dialog(engineer)).toHaveAccessibleName("Duplicate Intent");
  await expect(control(engineer, "Name")).toHaveValue("");
  await control(engineer, "Name").fill("Second intent");
  await saveIt(engineer);
  await expect(entry(engineer, "Second intent")).toContainText("3 options to expected");
});

test("a score is added and edited from inside a trace", async ({ installation, project, engineer, reviewer }) => {
  const { address } = await withTrace(installation, project);
  await open(reviewer, address);
  await expect(review(reviewer)).toContainText("Nothing is asked about spans yet.");
  await expect(review(reviewer).getByRole("button", { name: "Add human review score" })).toHaveCount(0);
  await open(engineer, address);
  await begin(engineer, "Intent", "Categorical");
  await control(engineer, "Write to expected field instead of score").check();
  await addOptions(engineer, ["billing", "bug"]);
  await saveIt(engineer);
  await expect(question(engineer, "Intent").getByRole("radio")).toHaveCount(2);
  await expect(question(reviewer, "Intent").getByRole("radio")).toHaveCount(2);
  await question(engineer, "Intent").getByRole("radio", { name: /bug/ }).check({ force: true });
  await expect(saved(engineer)).toBeVisible();

  await question(engineer, "Intent").getByRole("button", { name: "Edit Intent" }).click();
  await expect(dialog(engineer)).toContainText("Version 2");
  await dialog(engineer).getByRole("textbox", { name: "Option 2", exact: true }).fill("defect");
  await saveIt(engineer);
  await expect(question(engineer, "Intent").getByRole("radio", { name: /defect/ })).toBeAttached();
  await expect(question(engineer, "Intent")).toContainText("You said bug under version 1");
});

test("a question is shown only where its filters match", async ({ installation, project, engineer, reviewer, watch }) => {
  // The server refuses a filter that it cannot read.
  watch.allow(/status of 4/);
  const top = root(project.id, { name: "question" });
  const call = child(top, { name: "model", output: "I do not know." });
  await installation.sendTraces([top, call]);
  await open(engineer, project.page("configuration"));
  await begin(engineer, "Tone", "Continuous");
  await dialog(engineer).getByText("Shown only if").click();
  await control(engineer, "The span matches").fill("span_attributes.type =");
  await save(engineer).click();
  await expect(control(engineer, "The span matches")).toHaveAttribute("aria-invalid", "true");
  await control(engineer, "The span matches").fill("span_attributes.type = 'llm'");
  await expect(dialog(engineer)).toContainText("where the filters match");
  await saveIt(engineer);
  await engineer.getByRole("button", { name: "Edit Tone" }).click();
  await expect(control(engineer, "The span matches")).toHaveValue("span_attributes.type = 'llm'");
  await control(engineer, "Its trace matches").fill("tags includes 'check'");
  await saveIt(engineer);

  await open(reviewer, project.page(`logs?r=${top.root_span_id}`));
  await expect(review(reviewer)).toContainText("Nothing is asked about");
  await tree(reviewer).getByRole("link", { name: "model" }).click();
  await expect(field(reviewer, "Output")).toContainText("I do not know.");
  await review(reviewer).getByRole("button", { name: "Answer for this span" }).click();
  await expect(review(reviewer)).toContainText("this span only");
  await expect(question(reviewer, "Tone")).toBeHidden();
  // It appears as soon as the trace matches.
  await installation.sendTraces([{ id: top.id, project_id: project.id, log_id: "g", _is_merge: true, tags: ["check"] }]);
  await expect(question(reviewer, "Tone").getByRole("slider")).toBeVisible();
  await tree(reviewer).getByRole("link", { name: "question" }).click();
  await expect(field(reviewer, "Output")).not.toContainText("I do not know.");
  // Reading another span does not move the form.
  await expect(question(reviewer, "Tone").getByRole("slider")).toBeVisible();
  await review(reviewer).getByRole("button", { name: "Answer for the whole trace" }).click();
  await expect(question(reviewer, "Tone")).toBeHidden();
});

test("of two versions at once neither takes the other's place unseen", async ({ installation, project, engineer, owner, watch }) => {
  watch.allow(/status of 409/);
  await installation.slider(project, "Tone");
  for (const page of [engineer, owner]) {
    await open(page, project.page("configuration"));
    await page.getByRole("button", { name: "Edit Tone" }).click();
  }
  await control(owner, "Description").fill("How kind is it?");
  await saveIt(owner);
  await control(engineer, "Required").check();
  await save(engineer).click();
  await expect(dialog(engineer)).toContainText("Somebody else made version 2 of Tone meanwhile.");
  await expect(control(engineer, "Required")).toBeChecked();
  await dialog(engineer).getByRole("button", { name: "Keep theirs" }).click();
  await expect(control(engineer, "Description")).toHaveValue("How kind is it?");
  await control(engineer, "Required").check();
  await saveIt(engineer);
  const { objects } = await installation.call("GET", `/v1/project_score?project_id=${project.id}`);
  expect(objects).toMatchObject([{ description: "How kind is it?", config: { required: true } }]);

  // A conflict that was left is no matter of the next dialog.
  await installation.slider(project, "Other");
  await engineer.reload();
  await hydrated(engineer);
  await engineer.getByRole("button", { name: "Edit Tone" }).click();
  await control(engineer, "Description").fill("Left");
  await installation.call("PATCH", `/v1/project_score/${objects[0].id}`, { description: "Once more" });
  await save(engineer).click();
  await expect(dialog(engineer)).toContainText("Somebody else made version");
  await dialog(engineer).getByRole("button", { name: "Cancel" }).click();
  await engineer.getByRole("button", { name: "Edit Other" }).click();
  await expect(control(engineer, "Name")).toHaveValue("Other");
  await expect(dialog(engineer)).not.toContainText("Somebody else made version");
  await dialog(engineer).getByRole("button", { name: "Cancel" }).click();
  await engineer.reload();
  await hydrated(engineer);

  // Or one's own.
  await engineer.getByRole("button", { name: "Edit Tone" }).click();
  await control(engineer, "Description").fill("Mine");
  await installation.call("PATCH", `/v1/project_score/${objects[0].id}`, { description: "Theirs" });
  await save(engineer).click();
  await dialog(engineer).getByRole("button", { name: "Keep mine" }).click();
  await expect(dialog(engineer)).toBeHidden();
  expect((await installation.call("GET", `/v1/project_score/${objects[0].id}`)).description).toBe("Mine");
});

test("every version of a question can be read, with what was said under it", async ({ installation, project, engineer, reviewer, viewer }) => {
  const { sent, address } = await withTrace(installation, project);
  const other = root(project.id);
  await installation.sendTraces([other]);
  await installation.choice(project, "Resolution", { "Not resolved": 0, Resolved: 1 });
  const answer = (id: string, value: string) =>
    installation.call("PUT", "/v1/answer", { object_type: "project_logs", object_id: project.id, id, question: "Resolution", value });
  await answer(sent.id, "Resolved");
  await answer(other.id, "Resolved");
  await open(engineer, project.page("configuration"));
  await expect(entry(engineer, "Resolution").getByText("versions")).toHaveCount(0);
  await engineer.getByRole("button", { name: "Edit Resolution" }).click();
  await control(engineer, "Description").fill("Is the *ticket* closed?");
  await dialog(engineer).getByRole("textbox", { name: "Option 2", exact: true }).fill("Solved");
  await saveIt(engineer);
  await open(reviewer, address);
  await question(reviewer, "Resolution").getByRole("radio", { name: /^Solved/ }).check({ force: true });
  await expect(saved(reviewer)).toBeVisible();
  await engineer.reload();
  await hydrated(engineer);
  await engineer.getByRole("button", { name: "Edit Resolution" }).click();
  await control(engineer, "Key").selectOption("w");
  await saveIt(engineer);

  // Who may not configure reads them, too.
  for (const page of [engineer, viewer]) {
    await open(page, project.page("configuration"));
    await expect(entry(page, "Resolution").first()).toContainText("2 under v1, 1 under v2");
    await page.getByText("3 versions").click();
    const versions = page.locator("details.versions").getByRole("listitem");
    await expect(versions).toHaveCount(3);
    await expect(versions.nth(0)).toContainText(/v3\s*0 answers/);
    await expect(versions.nth(0)).toContainText("It asks the same as the version before");
    await expect(versions.nth(1)).toContainText(/v2\s*1 answer.*by Emil Engineer/);
    await expect(versions.nth(1)).toContainText("Is the *ticket* closed?");
    await expect(versions.nth(1)).toContainText("Categorical: Not resolved 0 %, Solved 100 %");
    await expect(versions.nth(2)).toContainText(/v1\s*2 answers.*by Olga Owner/);
    await expect(versions.nth(2)).toContainText("Categorical: Not resolved 0 %, Resolved 100 %");
  }
});

test("a question is for one person and not for another", async ({ installation, project, engineer, reviewer, colleague }) => {
  const { address } = await withTrace(installation, project);
  await installation.slider(project, "Preference");
  await open(engineer, project.page("configuration"));
  await begin(engineer, "Tone", "Continuous");
  await control(engineer, "Some people or roles").check();
  await control(engineer, PEOPLE.reviewer.name).check();
  await saveIt(engineer);
  await open(reviewer, address);
  await open(colleague, address);
  await expect(question(reviewer, "Tone").getByRole("slider")).toBeVisible();
  await expect(question(colleague, "Preference").getByRole("slider")).toBeVisible();
  await expect(question(colleague, "Tone")).toHaveCount(0);
  // And the other way round, while the pages are open.
  await engineer.getByRole("button", { name: "Edit Tone" }).click();
  await control(engineer, PEOPLE.reviewer.name).uncheck();
  await control(engineer, PEOPLE.colleague.name).check();
  await saveIt(engineer);
  await expect(question(colleague, "Tone").getByRole("slider")).toBeVisible();
  await expect(question(reviewer, "Tone")).toHaveCount(0);
});

test("options are put in order with the keyboard and by dragging", async ({ installation, project, engineer, reviewer }) => {
  const { address } = await withTrace(installation, project);
  await open(engineer, project.page("configuration"));
  await begin(engineer, "Intent", "Categorical");
  await control(engineer, "Write to expected field instead of score").check();
  await addOptions(engineer, ["billing", "bug", "praise"]);
  const names = () => dialog(engineer).getByRole("textbox", { name: /^Option / }).evaluateAll((fields) => fields.map((field) => (field as HTMLInputElement).value));
  const grip = (number: number) => dialog(engineer).getByRole("button", { name: `Move option ${number}`, exact: true });
  await grip(3).focus();
  await engineer.keyboard.press("ArrowUp");
  await expect.poll(names).toEqual(["billing", "praise", "bug"]);
  await expect(grip(2)).toBeFocused();
  await engineer.keyboard.press("ArrowUp");
  await expect.poll(names).toEqual(["praise", "billing", "bug"]);
  await grip(3).hover();
  const target = (await grip(1).boundingBox())!;
  await engineer.mouse.down();
  await engineer.mouse.move(target.x + target.width / 2, target.y + target.height / 2, { steps: 10 });
  await engineer.mouse.up();
  await expect.poll(names).toEqual(["bug", "praise", "billing"]);
  await saveIt(engineer);
  await open(reviewer, address);
  await expect(question(reviewer, "Intent").locator(".opt")).toHaveText([/bug/, /praise/, /billing/]);
  const { objects } = await installation.call("GET", `/v1/project_score?project_id=${project.id}`);
  expect(objects[0].categories.map((option: string | { name: string }) => (typeof option === "string" ? option : option.name))).toEqual(["bug", "praise", "billing"]);
});
