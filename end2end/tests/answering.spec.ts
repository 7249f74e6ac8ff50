// Questions of every kind: how they are answered, on which rows, and where the answers go.

import { expect, open, PEOPLE, test } from "../support/fixtures.js";
import { card, field, hydrated, question, review, saved, tree } from "../support/pages.js";
import { fetched, make, SEVERAL, TEXT, TO_EXPECTED, withTrace } from "../support/questions.js";
import { child, root } from "../support/rows.mjs";

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
  await reviewer.keyboard.press("Backspace");
  await expect(slider).toHaveAttribute("aria-valuetext", "not answered");
  await reviewer.keyboard.press("0");
  await expect(slider).toHaveAttribute("aria-valuetext", "0 %");
  await reviewer.keyboard.press("5");
  await expect(slider).toHaveValue("5");
  await reviewer.keyboard.type("100");
  await expect(slider).toHaveValue("100");
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
  await review(reviewer).getByRole("button", { name: "Answer for this span" }).click();
  await expect(review(reviewer)).toContainText("Answers are for draft, this span only.");
  await question(reviewer, "Preference").getByRole("slider").fill("80");
  await expect(saved(reviewer)).toBeVisible();
  await expect.poll(() => answered("project_logs", project.id, below.id)).toEqual([0.8]);
  expect(await answered("project_logs", project.id, top.id)).toEqual([]);
  await open(colleague, `${inLogs}&s=${below.span_id}`);
  await expect(question(colleague, "Preference")).toContainText(PEOPLE.reviewer.name);
  await tree(colleague).getByRole("link", { name: "answer_ticket" }).click();
  await review(colleague).getByRole("button", { name: "Answer for the whole trace" }).click();
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
  await review(reviewer).getByRole("button", { name: "Answer for this span" }).click();
  await expect(review(reviewer)).toContainText("Answers are for call, this span only.");
  await question(reviewer, "Preference").getByRole("slider").fill("60");
  await expect.poll(() => answered("experiment", id, "call")).toEqual([0.6]);
  await expect(question(colleague, "Preference")).toContainText(PEOPLE.reviewer.name);
  await reviewer.keyboard.press("Escape");
  await expect(card(reviewer, "Preference")).toContainText(/50\.0\s*%/);
});

test("an answer of somebody else is read without the trace", async ({ installation, project, reviewer, engineer }) => {
  await installation.slider(project, "Preference");
  await make(installation, project, "Intent", TO_EXPECTED);
  const sent = root(project.id, { output: "words and words ".repeat(5_000) });
  const spans = Array.from({ length: 150 }, (_, number) => child(sent, { name: `span ${number}` }));
  await installation.sendTraces([sent, ...spans]);
  const address = project.page(`logs?r=${sent.root_span_id}`);
  await open(reviewer, address);
  await open(engineer, address);
  const sizes: number[] = [];
  const opened: string[] = [];
  reviewer.on("request", (request) => {
    if (request.url().endsWith("/fn/spans/open")) opened.push(request.url());
  });
  reviewer.on("response", async (response) => {
    if (response.url().endsWith("/fn/spans/reread")) sizes.push((await response.body()).length);
  });
  await question(engineer, "Preference").getByRole("slider").fill("30");
  await expect(question(reviewer, "Preference").getByRole("group", { name: "Other reviewers" })).toContainText("30");
  await question(engineer, "Intent").getByRole("radio").first().check({ force: true });
  await expect(question(reviewer, "Intent").getByRole("group", { name: "Other reviewers" })).toBeVisible();
  await expect(field(reviewer, "Expected")).not.toBeEmpty();
  await expect.poll(() => sizes.length).toBeGreaterThanOrEqual(2);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(4096);
  expect(opened).toEqual([]);
});
