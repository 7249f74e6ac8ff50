// Questions of every kind: how they are made, what they ask of whom, and where their answers go.

import { expect, open, test, type Page, type Project } from "../support/fixtures.js";
import { PEOPLE, type Installation } from "../support/fixtures.js";
import { card, field, hydrated, question, review, saved, tree } from "../support/pages.js";
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

/** Makes a question as a script does. */
function make(installation: Installation, project: Project, name: string, rest: object): Promise<any> {
  return installation.call("POST", "/v1/project_score", { project_id: project.id, name, ...rest });
}

const TO_EXPECTED = { score_type: "categorical", categories: ["billing", "bug", "praise"], config: { destination: "expected" } };
const SEVERAL = { score_type: "categorical", categories: ["warranty", "delivery", "payment"], config: { destination: "expected", multi_select: true } };
const TEXT = { score_type: "free-form", config: { destination: "metadata.review.reason" } };

/** A project with a trace, and the address at which it is open. */
async function withTrace(installation: Installation, project: Project, fields: object = {}) {
  const sent = root(project.id, fields);
  await installation.sendTraces([sent]);
  return { sent, address: project.page(`logs?r=${sent.root_span_id}`) };
}

/** The row as the interface gives it. */
async function fetched(installation: Installation, project: Project, id: string): Promise<any> {
  const { events } = await installation.call("GET", `/v1/project_logs/${project.id}/fetch`);
  return events.find((event: { id: string }) => event.id === id);
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
  await expect(control(engineer, "Percentage of option 2")).toHaveValue("100");
  await saveIt(engineer);
  const { objects } = await installation.call("GET", `/v1/project_score?project_id=${project.id}`);
  expect(objects).toMatchObject([{ categories: [{ name: "billing", value: 0 }, { name: "bug", value: 1 }], config: null }]);
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
  await expect(dialog(engineer)).toContainText("Factuality has automatic scores already");
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

test("only who is asked is asked, and only about what fits", async ({ installation, project, reviewer, engineer }) => {
  const { address } = await withTrace(installation, project);
  await installation.slider(project, "Preference");
  await make(installation, project, "For engineers", { score_type: "slider", config: { visibility: { groups: ["engineer"] } } });
  await make(installation, project, "Of experiments", { score_type: "slider", config: { object_types: ["experiment"] } });
  for (const [page, sees] of [[reviewer, false], [engineer, true]] as const) {
    await open(page, address);
    await expect(question(page, "Preference")).toBeVisible();
    await expect(question(page, "For engineers")).toBeVisible({ visible: sees });
    await expect(question(page, "Of experiments")).toBeHidden();
  }
});

test("every kind is answered, and others see what was said", async ({ installation, project, reviewer, colleague }) => {
  await make(installation, project, "Intent", TO_EXPECTED);
  await make(installation, project, "Topics", SEVERAL);
  await make(installation, project, "Reason", TEXT);
  const { sent, address } = await withTrace(installation, project);
  await open(reviewer, address);
  await open(colleague, address);
  await question(reviewer, "Intent").getByRole("radio", { name: /bug/ }).check({ force: true });
  await expect(saved(reviewer)).toBeVisible();
  await expect.poll(async () => (await fetched(installation, project, sent.id)).expected).toBe("bug");
  await expect(field(reviewer, "Expected")).toContainText("bug");

  for (const option of [/payment/, /warranty/]) await question(reviewer, "Topics").getByRole("checkbox", { name: option }).check({ force: true });
  await expect.poll(async () => (await fetched(installation, project, sent.id)).expected).toEqual({ Intent: "bug", Topics: ["warranty", "payment"] });
  await question(reviewer, "Topics").getByRole("checkbox", { name: /warranty/ }).uncheck({ force: true });
  await expect.poll(async () => (await fetched(installation, project, sent.id)).expected).toEqual({ Intent: "bug", Topics: ["payment"] });

  await question(reviewer, "Reason").getByRole("textbox").fill("It names the wrong day.");
  await expect.poll(async () => (await fetched(installation, project, sent.id)).metadata).toEqual({ review: { reason: "It names the wrong day." } });

  // The other reviewer sees it without a reload, and what both come to.
  await expect(question(colleague, "Reason")).toContainText("It names the wrong day.");
  await expect(question(colleague, "Topics")).toContainText("payment");
  await question(colleague, "Intent").getByRole("radio", { name: /praise/ }).check({ force: true });
  await expect(question(reviewer, "Intent")).toContainText("1 × bug, 1 × praise");
  await expect(question(reviewer, "Intent")).toContainText("Reviewers differ");
  await expect(question(reviewer, "Intent")).toContainText(PEOPLE.colleague.name);

  // Everything is there after a reload; clearing gives back what was there.
  await reviewer.reload();
  await hydrated(reviewer);
  await expect(question(reviewer, "Intent").getByRole("radio", { name: /bug/ })).toBeChecked();
  await expect(question(reviewer, "Topics").getByRole("checkbox", { name: /payment/ })).toBeChecked();
  await expect(question(reviewer, "Reason").getByRole("textbox")).toHaveValue("It names the wrong day.");
  await question(reviewer, "Reason").getByRole("textbox").fill("");
  await question(reviewer, "Topics").getByRole("button", { name: "Clear" }).click();
  await question(reviewer, "Intent").getByRole("button", { name: "Clear" }).click();
  await expect(question(reviewer, "Intent").getByRole("radio", { name: /bug/ })).not.toBeChecked();
  await expect.poll(async () => (await fetched(installation, project, sent.id)).expected).toBe("praise");
  await expect.poll(async () => (await fetched(installation, project, sent.id)).metadata ?? null).toBeNull();
  // None of it is a score: there is no card, and no column.
  await reviewer.keyboard.press("Escape");
  for (const name of ["Intent", "Topics", "Reason"]) await expect(card(reviewer, name)).toHaveCount(0);
});

test("rows of a dataset are asked what goes to expected and metadata", async ({ installation, project, reviewer }) => {
  await installation.slider(project, "Preference");
  await make(installation, project, "Intent", TO_EXPECTED);
  await make(installation, project, "Reason", TEXT);
  const { id } = await installation.call("POST", "/v1/dataset", { project_id: project.id, name: "golden" });
  await installation.call("POST", `/v1/dataset/${id}/insert`, { events: [{ id: "case", input: "Where is my parcel?" }] });
  await open(reviewer, project.page("datasets/golden?oid=case"));
  await expect(question(reviewer, "Intent")).toBeVisible();
  await expect(question(reviewer, "Preference")).toHaveCount(0);
  await question(reviewer, "Intent").getByRole("radio", { name: /billing/ }).check({ force: true });
  await question(reviewer, "Reason").getByRole("textbox").fill("A case of its own.");
  await expect
    .poll(async () => (await installation.call("GET", `/v1/dataset/${id}/fetch`)).events[0])
    .toMatchObject({ expected: "billing", metadata: { review: { reason: "A case of its own." } } });
});

test("what is typed stays, whatever others do and whenever the page is left", async ({ installation, project, browser, watch, reviewer, colleague, engineer }) => {
  await make(installation, project, "Intent", TO_EXPECTED);
  const reason = await make(installation, project, "Reason", TEXT);
  const { sent, address } = await withTrace(installation, project);
  await open(reviewer, address);
  await open(colleague, address);
  const box = question(reviewer, "Reason").getByRole("textbox");
  await box.pressSequentially("It names ");
  // Somebody else answers, and the question gets other words, while one is typing.
  await question(colleague, "Reason").getByRole("textbox").fill("Mine.");
  await expect(question(reviewer, "Reason")).toContainText("Mine.");
  await box.pressSequentially("the wrong ");
  await installation.call("PATCH", `/v1/project_score/${reason.id}`, { description: "For whoever edits the prompt next." });
  await expect(question(reviewer, "Reason")).toContainText("For whoever edits the prompt next.");
  await expect(box).toBeFocused();
  await box.pressSequentially("day.");
  await expect(box).toHaveValue("It names the wrong day.");
  await expect.poll(async () => (await fetched(installation, project, sent.id)).metadata?.review?.reason).toBe("It names the wrong day.");

  // One's own answer, changed in another window: it stands beside what is typed.
  const elsewhere = await installation.browserOf(browser, "reviewer", {});
  await watch.over(elsewhere);
  await open(elsewhere, address);
  await box.focus();
  await question(elsewhere, "Reason").getByRole("textbox").fill("From the other window.");
  await expect(question(reviewer, "Reason")).toContainText("Written elsewhere meanwhile");
  await expect(box).toHaveValue("It names the wrong day.");
  await question(reviewer, "Reason").getByRole("button", { name: "Use that text" }).click();
  await expect(box).toHaveValue("From the other window.");
  await watch.close(elsewhere);

  // One goes on writing after it. The page is left before the pause in which it would have been saved.
  await expect(box).toBeFocused();
  await reviewer.keyboard.type(" And more");
  await reviewer.reload();
  await hydrated(reviewer);
  await expect(box).toHaveValue("From the other window. And more");
  await expect.poll(async () => (await fetched(installation, project, sent.id)).metadata?.review?.reason).toBe("From the other window. And more");
  // The trace is left in the middle of a word.
  await box.pressSequentially(".");
  await reviewer.getByRole("button", { name: "Close" }).click();
  await expect.poll(async () => (await fetched(installation, project, sent.id)).metadata?.review?.reason).toBe("From the other window. And more.");
  await open(engineer, address);
  await expect(question(engineer, "Reason")).toContainText("From the other window. And more.");
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

test("questions are answered with the keyboard", async ({ installation, project, reviewer }) => {
  await installation.slider(project, "Preference");
  await installation.choice(project, "Resolution", { "Not resolved": 0, Partly: 0.4, Resolved: 1 });
  await make(installation, project, "Topics", SEVERAL);
  await make(installation, project, "Reason", { ...TEXT, config: { ...TEXT.config, hotkey: "b" } });
  const { sent, address } = await withTrace(installation, project);
  await open(reviewer, address);
  const slider = question(reviewer, "Preference").getByRole("slider");
  const radio = (name: RegExp) => question(reviewer, "Resolution").getByRole("radio", { name });
  const box = (name: RegExp) => question(reviewer, "Topics").getByRole("checkbox", { name });
  const text = question(reviewer, "Reason").getByRole("textbox");

  await slider.focus();
  await reviewer.keyboard.press("7");
  await expect(slider).toHaveValue("70");
  await reviewer.keyboard.press("ArrowRight");
  await expect(slider).toHaveValue("71");
  await reviewer.keyboard.press("Shift+ArrowLeft");
  await expect(slider).toHaveValue("61");
  await reviewer.keyboard.press("0");
  await expect(slider).toHaveAttribute("aria-valuetext", "not answered");
  await reviewer.keyboard.press("8");

  await reviewer.keyboard.press("ArrowDown");
  await expect(radio(/Not resolved/)).toBeFocused();
  await expect(radio(/Not resolved/)).not.toBeChecked();
  await reviewer.keyboard.press("2");
  await expect(radio(/Partly/)).toBeChecked();
  await reviewer.keyboard.press("ArrowRight");
  await expect(radio(/^.?Resolved/)).toBeChecked();

  await reviewer.keyboard.press("ArrowDown");
  await expect(box(/warranty/)).toBeFocused();
  await reviewer.keyboard.press("ArrowRight");
  await expect(box(/delivery/)).toBeFocused();
  await reviewer.keyboard.press("Space");
  await expect(box(/delivery/)).toBeChecked();
  await reviewer.keyboard.press("1");
  await expect(box(/warranty/)).toBeChecked();
  await reviewer.keyboard.press("ArrowUp");
  await expect(radio(/^.?Resolved/)).toBeFocused();

  // Letters work from anywhere, and not while typing.
  await reviewer.keyboard.press("n");
  await expect(radio(/Not resolved/)).toBeChecked();
  await reviewer.keyboard.press("b");
  await expect(text).toBeFocused();
  await reviewer.keyboard.type("nobody wins 12");
  await expect(text).toHaveValue("nobody wins 12");
  await expect
    .poll(async () => fetched(installation, project, sent.id))
    .toMatchObject({ scores: { Preference: 0.8, Resolution: 0 }, expected: ["warranty", "delivery"], metadata: { review: { reason: "nobody wins 12" } } });
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
  await expect(question(reviewer, "Tone")).toBeHidden();
  // It appears as soon as the trace matches.
  await installation.sendTraces([{ id: top.id, project_id: project.id, log_id: "g", _is_merge: true, tags: ["check"] }]);
  await expect(question(reviewer, "Tone").getByRole("slider")).toBeVisible();
  await tree(reviewer).getByRole("link", { name: "question" }).click();
  await expect(field(reviewer, "Output")).not.toContainText("I do not know.");
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

test("a value of its own in expected is kept beside an answer, after asking", async ({ installation, project, reviewer, watch }) => {
  watch.allow(/status of 409/);
  await make(installation, project, "Intent", TO_EXPECTED);
  const { sent, address } = await withTrace(installation, project, { expected: "Paris" });
  await open(reviewer, address);
  await question(reviewer, "Intent").getByRole("radio", { name: /^bug/ }).check({ force: true });
  const notice = reviewer.getByRole("alert").filter({ hasText: "are you sure?" });
  await expect(notice).toContainText("Expected would become");
  expect((await fetched(installation, project, sent.id)).expected).toBe("Paris");
  await notice.getByRole("button", { name: "Keep both" }).click();
  await expect.poll(async () => (await fetched(installation, project, sent.id)).expected).toEqual({ Intent: "bug", expected: "Paris" });
  // One `z` takes it back, and the next finds nothing that was refused.
  await reviewer.keyboard.press("z");
  await expect.poll(async () => (await fetched(installation, project, sent.id)).expected).toBe("Paris");
  await reviewer.keyboard.press("z");
  await expect(reviewer.getByRole("alert")).toHaveCount(0);
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
  await control(engineer, "Key").selectOption("n");
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

test("a span below the root and a span of an experiment are answered", async ({ installation, project, reviewer, colleague }) => {
  await installation.slider(project, "Preference");
  const top = root(project.id, { name: "answer_ticket" });
  const below = child(top, { name: "draft" });
  await installation.sendTraces([top, below]);
  const answered = async (object: string, objectId: string, id: string) =>
    (await installation.call("GET", `/v1/answer?object_type=${object}&object_id=${objectId}&id=${id}`)).objects.map((answer: { value: number }) => answer.value);
  const inLogs = project.page(`logs?r=${top.root_span_id}`);
  await open(reviewer, inLogs);
  await tree(reviewer).getByRole("link", { name: "draft" }).click();
  await expect(reviewer).toHaveURL(new RegExp(below.span_id));
  await question(reviewer, "Preference").getByRole("slider").fill("80");
  await expect(saved(reviewer)).toBeVisible();
  await expect.poll(() => answered("project_logs", project.id, below.id)).toEqual([0.8]);
  expect(await answered("project_logs", project.id, top.id)).toEqual([]);
  await open(colleague, `${inLogs}&s=${below.span_id}`);
  await expect(question(colleague, "Preference")).toContainText(PEOPLE.reviewer.name);
  await tree(colleague).getByRole("link", { name: "answer_ticket" }).click();
  await expect(question(colleague, "Preference")).not.toContainText(PEOPLE.reviewer.name);

  const { id } = await installation.call("POST", "/v1/experiment", { project_id: project.id, name: "first" });
  const spans = ["case", "call"].map((span) => ({
    id: span, experiment_id: id, span_id: span, root_span_id: "case", input: "Question", output: `Output of ${span}`, span_attributes: { name: span, type: "task" },
    ...(span === "call" ? { span_parents: ["case"] } : {}),
  }));
  await installation.sendTraces(spans);
  await open(reviewer, project.page("experiments/first?r=case"));
  await open(colleague, project.page("experiments/first?r=case&s=call"));
  await question(reviewer, "Preference").getByRole("slider").fill("40");
  await expect.poll(() => answered("experiment", id, "case")).toEqual([0.4]);
  await tree(reviewer).getByRole("link", { name: "call" }).click();
  await expect(field(reviewer, "Output")).toContainText("Output of call");
  await question(reviewer, "Preference").getByRole("slider").fill("60");
  await expect.poll(() => answered("experiment", id, "call")).toEqual([0.6]);
  await expect(question(colleague, "Preference")).toContainText(PEOPLE.reviewer.name);
  await reviewer.keyboard.press("Escape");
  await expect(card(reviewer, "Preference")).toContainText(/50\.0\s*%/);
});
