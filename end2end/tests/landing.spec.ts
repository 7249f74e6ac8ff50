// What one does lands where one looks: with real keys, typed fast, however long the server takes.

import { expect, open, test, type Installation, type Locator, type Page, type Project } from "../support/fixtures.js";
import { allSent, answersTo, commentsOn, delay, nameOf, numbered, pressed, random, watchKeys } from "../support/landing.js";
import { field, hydrated, question, review, rows as listed, tree } from "../support/pages.js";
import { make, TEXT } from "../support/questions.js";
import { child, root } from "../support/rows.mjs";

/** The options of the question, by their letters and by their numbers. */
const LETTERS: Record<string, string> = { w: "Warm", b: "Blunt", u: "Rude" };
const NUMBERS: Record<string, string> = { 1: "Warm", 2: "Blunt", 3: "Rude" };
const ANSWERING = [...Object.keys(LETTERS), ...Object.keys(NUMBERS)];

const comment = (page: Page): Locator => page.getByLabel("Add a comment");
const shown = (page: Page): Locator => field(page, "Input");
const notTaken = (page: Page): Locator => page.getByRole("status").filter({ hasText: "did nothing" });

/** A page with the first of several rows open, on which keys are watched. */
async function asked(installation: Installation, project: Project, page: Page, count: number, milliseconds: number, filter = "") {
  await installation.choice(project, "Tone", { Warm: 1, Blunt: 0.5, Rude: 0 });
  const rows = await numbered(installation, project, count);
  await watchKeys(page, rows.map(({ root }) => root));
  await delay(page, milliseconds);
  await open(page, project.page(`logs?r=${rows[0].root}${filter}`));
  await expect(question(page, "Tone")).toBeVisible();
  return rows;
}

/** What the keys that went down come to: each answer belongs to the row that was painted then. */
function meant(keys: Awaited<ReturnType<typeof pressed>>, count: number): (string | null)[] {
  const answers = Array<string | null>(count).fill(null);
  for (const { key, painted, focus } of keys.filter(({ focus }) => focus !== "text")) {
    // The numbers are the question's that has the focus, and the first one's while nothing has it.
    const option = LETTERS[key] ?? (focus === "elsewhere" ? undefined : NUMBERS[key]);
    if (painted !== null && option !== undefined) answers[painted - 1] = option;
  }
  return answers;
}

test("a key that comes before the trace that was opened from the list does nothing, and that is said", async ({ installation, project, reviewer: page }) => {
  await installation.choice(project, "Tone", { Warm: 1, Blunt: 0.5, Rude: 0 });
  const sent = await numbered(installation, project, 1);
  await delay(page, 700);
  await open(page, project.page("logs"));
  await page.keyboard.press("j");
  await expect(page.locator("a:focus")).toBeVisible();
  await page.keyboard.press("Enter");
  await page.waitForURL(/[?&]r=/);
  await page.keyboard.press("1");
  await expect(notTaken(page)).toHaveText("The trace was still loading, so that did nothing.");
  await expect(question(page, "Tone")).toBeVisible();
  await page.keyboard.press("1");
  await expect(question(page, "Tone").getByRole("radio", { name: "Warm" })).toBeChecked();
  await allSent(page);
  expect(await answersTo(installation, project, sent)).toEqual(["Warm"]);
});

for (const milliseconds of [0, 60, 150, 500]) {
  test(`keys at random moments, with an answer after ${milliseconds} ms`, async ({ installation, project, reviewer: page }) => {
    const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
    console.log(`    SEED=${seed} repeats this`);
    const draw = random(seed + milliseconds);
    const among = <T>(of: T[]): T => of[Math.floor(draw() * of.length)];
    const pauses = [0, 0, 0, 5, 20, 60, milliseconds, 1.3 * milliseconds];
    const rows = await asked(installation, project, page, 6, milliseconds);
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    // Letters that mean nothing anywhere, so that a text that goes nowhere does nothing.
    let texts = 0;
    const text = () => [...(texts++).toString(4)].map((digit) => "aoqv"[Number(digit)]);
    const actions: (() => Promise<unknown>)[] = [
      ...Array(6).fill(() => press("j")),
      ...Array(3).fill(() => press("k")),
      ...Array(8).fill(() => press(among(ANSWERING))),
      ...Array(2).fill(() => press("c", ...text(), "Control+Enter", "Escape")),
      () => press("c", ...text(), "Escape"),
      () => press("c", "Control+Enter", "Escape"),
      () => press("j", among(ANSWERING), "j", "k", among(ANSWERING)),
      () => page.getByRole("navigation", { name: "Traces in this view" }).getByRole("link", { name: new RegExp(nameOf(1 + Math.floor(draw() * 6))) }).click({ noWaitAfter: true }),
    ];
    for (let step = 0; step < 45; step += 1) {
      await among(actions)();
      // Escape of a field that did not have the focus has closed the trace.
      if (!(await page.evaluate(() => window.location.search.includes("r=")))) await page.goBack();
      await page.waitForTimeout(among(pauses));
    }
    await allSent(page);

    const keys = await pressed(page);
    const drafts = Array<string>(rows.length).fill("");
    const comments = rows.map((): string[] => []);
    for (const { key, painted } of keys.filter(({ focus }) => focus === "text")) {
      // A field has the focus only while its row is painted.
      expect(painted, `${key} went into a text`).not.toBeNull();
      if (/^[aoqv]$/.test(key)) drafts[painted! - 1] += key;
      if (key === "Control+Enter" && drafts[painted! - 1]) {
        comments[painted! - 1].push(drafts[painted! - 1]);
        drafts[painted! - 1] = "";
      }
    }
    await expect.poll(() => answersTo(installation, project, rows), { message: `SEED=${seed}` }).toEqual(meant(keys, rows.length));
    expect(await commentsOn(page, project, rows), `SEED=${seed}`).toEqual(comments);
    for (const [index, { root }] of rows.entries()) {
      await open(page, project.page(`logs?r=${root}`));
      await expect(comment(page)).toHaveValue(drafts[index]);
    }
  });
}

for (const milliseconds of [0, 150]) {
  test.describe(`with an answer after ${milliseconds} ms`, () => {
    test("an answer right after a move is not the last row's", async ({ installation, project, reviewer: page }) => {
      const rows = await asked(installation, project, page, 4, milliseconds);
      for (const key of ["w", "j", "u", "j", "2", "k", "w", "j", "j", "j", "3"]) await page.keyboard.press(key);
      // What was not taken is said.
      if ((await pressed(page)).some(({ key, painted }) => ANSWERING.includes(key) && painted === null)) await expect(notTaken(page)).toBeVisible();
      await expect(shown(page)).toContainText(nameOf(4));
      await allSent(page);
      const keys = await pressed(page);
      expect(keys[0].painted).toBe(1);
      const answers = await answersTo(installation, project, rows);
      expect(answers).toEqual(meant(keys, rows.length));
      expect(answers[0]).toBe("Warm");
      // What is pressed now counts.
      await page.keyboard.press("b");
      await expect(question(page, "Tone").getByRole("radio", { name: /^Blunt/ })).toBeChecked();
      await allSent(page);
      expect((await answersTo(installation, project, rows))[3]).toBe("Blunt");
    });

    test("a comment that was begun stays with its row and waits there", async ({ installation, project, reviewer: page }) => {
      const rows = await asked(installation, project, page, 4, milliseconds);
      const begun = "about the first row";
      await page.keyboard.press("c");
      await page.keyboard.type(begun);
      await page.keyboard.press("Escape");
      await page.keyboard.press("j");
      await page.keyboard.press("c");
      await page.keyboard.press("Control+Enter");
      await expect(shown(page)).toContainText(nameOf(2));
      await expect(comment(page)).toHaveValue("");
      await expect(page.getByRole("button", { name: "Comment", exact: true })).toHaveCount(0);
      // Where nothing was painted, the key led into no field, and one is not typing.
      if (await comment(page).evaluate((element) => element === document.activeElement)) await page.keyboard.press("Escape");
      await page.keyboard.press("k");
      await expect(shown(page)).toContainText(nameOf(1));
      await expect(comment(page)).toHaveValue(begun);
      // By a click on another row, and there with a text of its own.
      await page.getByRole("navigation", { name: "Traces in this view" }).getByRole("link", { name: new RegExp(nameOf(3)) }).click();
      await expect(shown(page)).toContainText(nameOf(3));
      await expect(comment(page)).toHaveValue("");
      await comment(page).fill("about the third row");
      await page.keyboard.press("Control+Enter");
      await page.goBack();
      await expect(shown(page)).toContainText(nameOf(1));
      await expect(comment(page)).toHaveValue(begun);
      await page.keyboard.press("Escape");
      await page.goBack();
      await allSent(page);
      expect(await commentsOn(page, project, rows)).toEqual([[], [], ["about the third row"], []]);
    });

    test("a comment that was begun stays with its span", async ({ installation, project, reviewer: page }) => {
      const top = root(project.id, { name: "answer_ticket", input: "Question of row-01" });
      const below = child(top, { name: "look_up_order", input: "Question of row-02" });
      await installation.sendTraces([top, below]);
      await delay(page, milliseconds);
      await open(page, project.page(`logs?r=${top.root_span_id}`));
      await comment(page).fill("about the root");
      await tree(page).getByRole("link", { name: "look_up_order" }).click();
      await expect(shown(page)).toContainText(nameOf(2));
      await expect(comment(page)).toHaveValue("");
      await comment(page).press("Control+Enter");
      await comment(page).press("Escape");
      await tree(page).getByRole("link", { name: "answer_ticket" }).click();
      await expect(shown(page)).toContainText(nameOf(1));
      await expect(comment(page)).toHaveValue("about the root");
      await allSent(page);
      await expect(page.getByRole("region", { name: "Activity" }).locator(".note")).toHaveCount(0);
    });

    test("an answer is the form's, whatever span one reads", async ({ installation, project, reviewer: page }) => {
      await installation.choice(project, "Tone", { Warm: 1, Blunt: 0.5, Rude: 0 });
      const top = root(project.id, { name: "answer_ticket", input: "Question of row-01" });
      const below = child(top, { name: "look_up_order", input: "Question of row-02" });
      const after = child(top, { name: "draft", input: "Question of row-03" });
      await installation.sendTraces([top, below, after]);
      await delay(page, milliseconds);
      await open(page, project.page(`logs?r=${top.root_span_id}`));
      const tone = question(page, "Tone");
      const rows = [top, below, after];
      await expect(review(page)).toContainText("Answers are for answer_ticket, the whole trace.");

      // Reading a span, by a click and by keys, does not move the form. It takes answers while the span is on its way.
      await tree(page).getByRole("link", { name: "look_up_order" }).click();
      await page.keyboard.press("2");
      await expect(shown(page)).toContainText(nameOf(2));
      await expect(tone.getByRole("radio", { name: /^Blunt/ })).toBeChecked();
      await allSent(page);
      expect(await answersTo(installation, project, rows)).toEqual(["Blunt", null, null]);
      await page.keyboard.press("Shift+J");
      await expect(shown(page)).toContainText(nameOf(3));
      await page.keyboard.press("w");
      await expect(tone.getByRole("radio", { name: /^Warm/ })).toBeChecked();
      await allSent(page);
      expect(await answersTo(installation, project, rows)).toEqual(["Warm", null, null]);
      await expect(tree(page).getByRole("link", { name: "answer_ticket" })).toContainText("answered by you");

      // It moves when one says so, and what stands at the other span is told.
      await review(page).getByRole("button", { name: "Answer for this span" }).click();
      await expect(review(page)).toContainText("Answers are for draft, this span only.");
      await expect(tone.getByRole("radio", { name: /^Warm/ })).not.toBeChecked();
      await page.keyboard.press("3");
      await expect(tone.getByRole("radio", { name: /^Rude/ })).toBeChecked();
      await expect(review(page)).toContainText("Also answered: 1 span of the trace: answer_ticket");
      await allSent(page);
      expect(await answersTo(installation, project, rows)).toEqual(["Warm", null, "Rude"]);

      // The address says it, too.
      await page.reload();
      await hydrated(page);
      await expect(review(page)).toContainText("Answers are for draft, this span only.");
      await expect(tone.getByRole("radio", { name: /^Rude/ })).toBeChecked();
      await page.keyboard.press("Shift+A");
      await expect(review(page)).toContainText("Answers are for answer_ticket, the whole trace.");
      await expect(shown(page)).toContainText(nameOf(3));
      await expect(review(page)).toContainText("Also answered: 1 span below: draft");
      await expect(tone.getByRole("radio", { name: /^Warm/ })).toBeChecked();
    });

    test("under a filter the order is the one in which one entered", async ({ installation, project, reviewer: page }) => {
      const filter = `&filter=${encodeURIComponent("scores.Tone is null")}`;
      const rows = await asked(installation, project, page, 5, milliseconds, filter);
      const side = page.getByRole("navigation", { name: "Traces in this view" });
      await expect(side.getByRole("link", { name: /row-/ })).toHaveCount(5);
      for (const number of [1, 2, 3]) {
        await expect(shown(page)).toContainText(nameOf(number));
        await page.keyboard.press("w");
        // The list has been read again, and the row does not match any more.
        await expect(side.locator("div.bar")).toContainText(`Filtered traces${5 - number}`);
        await page.keyboard.press("j");
      }
      await expect(shown(page)).toContainText(nameOf(4));
      for (const number of [3, 2, 1]) {
        await page.keyboard.press("k");
        await expect(shown(page)).toContainText(nameOf(number));
      }
      await page.getByRole("button", { name: "Next", exact: true }).click();
      await expect(shown(page)).toContainText(nameOf(2));
      await page.getByRole("button", { name: "Previous", exact: true }).click();
      await expect(shown(page)).toContainText(nameOf(1));
      // Whoever leaves sees what matches now.
      await page.keyboard.press("Escape");
      await expect(listed(page)).toHaveCount(2);
      expect(await answersTo(installation, project, rows)).toEqual(["Warm", "Warm", "Warm", null, null]);
    });
  });
}

test("whoever comes back before the next one was there goes on where they were", async ({ installation, project, reviewer: page }) => {
  const rows = await asked(installation, project, page, 2, 500);
  for (const key of ["j", "k", "u", "j", "w", "k", "b"]) await page.keyboard.press(key);
  await expect(shown(page)).toContainText(nameOf(1));
  await allSent(page);
  const keys = await pressed(page);
  expect(await answersTo(installation, project, rows)).toEqual(meant(keys, rows.length));
});

test("the first question has the keys as soon as a trace is painted", async ({ installation, project, reviewer: page }) => {
  await installation.slider(project, "Preference");
  await installation.choice(project, "Tone", { Warm: 1, Blunt: 0.5, Rude: 0 });
  const rows = await numbered(installation, project, 3);
  await open(page, project.page(`logs?r=${rows[0].root}`));
  const slider = question(page, "Preference").getByRole("slider");
  for (const [number, digit] of [[1, "8"], [2, "3"]] as const) {
    await expect(shown(page)).toContainText(nameOf(number));
    await page.keyboard.press(digit);
    await expect(slider).toHaveValue(`${digit}0`);
    await expect(slider).toBeFocused();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("2");
    await expect(question(page, "Tone").getByRole("radio", { name: /^Blunt/ })).toBeChecked();
    await page.keyboard.press("j");
  }
  await expect(shown(page)).toContainText(nameOf(3));
  await page.keyboard.press("ArrowDown");
  await expect(slider).toBeFocused();
  await expect(slider).toHaveAttribute("aria-valuetext", "not answered");
  await allSent(page);
  const answers = async (id: string) => (await installation.call("GET", `/v1/answer?object_type=project_logs&object_id=${project.id}&id=${id}`)).objects.map((answer: { value: unknown }) => String(answer.value)).toSorted();
  expect(await Promise.all(rows.map(({ id }) => answers(id)))).toEqual([["0.8", "Blunt"], ["0.3", "Blunt"], []]);
});

test("whatever was begun about a row goes with it, and is there when one comes back", async ({ installation, project, engineer: page }) => {
  await installation.choice(project, "Tone", { Warm: 1, Blunt: 0.5, Rude: 0 });
  await make(installation, project, "Reason", TEXT);
  const rows = await numbered(installation, project, 2, { expected: "Paris" });
  await installation.call("PUT", "/v1/answer", { object_type: "project_logs", object_id: project.id, id: rows[0].id, question: "Tone", value: "Warm" });
  await open(page, project.page(`logs?r=${rows[0].root}`));
  const tag = page.getByRole("combobox", { name: "Add a tag" });
  const why = question(page, "Tone").getByRole("textbox", { name: "Reason" });
  const expected = page.getByRole("textbox", { name: "Expected" });
  const begin = async () => {
    await tag.fill("half a t");
    await question(page, "Reason").getByRole("textbox").fill("half a reason");
    await question(page, "Tone").getByRole("button", { name: "Settle Tone" }).click();
    await why.fill("half a ground");
    await page.getByRole("button", { name: "Edit expected" }).click();
    await expected.fill('"half a city"');
    await page.keyboard.press("Escape");
  };
  await begin();
  await page.keyboard.press("j");
  await expect(shown(page)).toContainText(nameOf(2));
  await expect(tag).toHaveValue("");
  await expect(question(page, "Reason").getByRole("textbox")).toHaveValue("");
  await expect(why).toHaveCount(0);
  await expect(field(page, "Expected")).toContainText("Paris");
  await expect(field(page, "Expected")).not.toContainText("Unsaved edit");
  await page.keyboard.press("k");
  await expect(shown(page)).toContainText(nameOf(1));
  await expect(tag).toHaveValue("half a t");
  await expect(question(page, "Reason").getByRole("textbox")).toHaveValue("half a reason");
  await expect(why).toHaveValue("half a ground");
  await expect(field(page, "Expected")).toContainText("Unsaved edit");
  await page.keyboard.press("e");
  await expect(expected).toHaveValue('"half a city"');
});

test("drafts of rows that have the same id in two experiments are two", async ({ installation, project, reviewer: page, watch }) => {
  watch.allow(/net::ERR_FAILED/);
  await make(installation, project, "Reason", TEXT);
  for (const name of ["first", "second"]) {
    const { id } = await installation.call("POST", "/v1/experiment", { project_id: project.id, name });
    await installation.call("POST", `/v1/experiment/${id}/insert`, { events: [{ id: "case-1", input: `Question of ${name}`, output: "Paris." }] });
  }
  const box = question(page, "Reason").getByRole("textbox");
  await open(page, project.page("experiments/first?oid=case-1"));
  await page.route("**/fn/commands/run", (route) => route.abort());
  await comment(page).fill("a remark about the first");
  // The page is left before the pause after which it would be sent.
  await box.pressSequentially("about the first");
  await page.goto(project.page("experiments/second?oid=case-1"));
  await expect(page.locator("html")).toHaveAttribute("data-hydrated", "true");
  await expect(shown(page)).toContainText("second");
  for (const written of [box, comment(page)]) {
    await written.pressSequentially("about the second");
    await expect(written).toHaveValue("about the second");
  }
});

test("a page that is being left takes nothing more", async ({ installation, project, reviewer: page }) => {
  await installation.choice(project, "Tone", { Warm: 1, Blunt: 0.5, Rude: 0 });
  const ids: Record<string, string> = {};
  for (const name of ["first", "second"]) {
    const { id } = await installation.call("POST", "/v1/experiment", { project_id: project.id, name });
    await installation.sendTraces([{ id: "case-1", experiment_id: id, span_id: "case-1", root_span_id: "case-1", input: `Question of ${name}`, span_attributes: { name: "case" } }]);
    ids[name] = id;
  }
  const answers = async (name: string) => (await installation.call("GET", `/v1/answer?object_type=experiment&object_id=${ids[name]}&id=case-1`)).objects.map((answer: { value: string }) => answer.value);
  await delay(page, 500);
  await open(page, project.page("experiments/second?r=case-1"));
  await expect(question(page, "Tone")).toBeVisible();
  await page.keyboard.press("g");
  await page.keyboard.press("e");
  await page.getByRole("main").locator("td.name").getByRole("link", { name: "first" }).click();
  await listed(page).getByRole("link", { name: "Question of first" }).click();
  await expect(shown(page)).toContainText("first");
  // Straight to the other experiment, whose rows are on their way for a while.
  await page.evaluate(() => window.history.go(-3));
  await expect(page).toHaveURL(/experiments\/second\?r=case-1/);
  await page.keyboard.press("w");
  await expect(shown(page)).toContainText("second");
  await allSent(page);
  expect(await answers("first")).toEqual([]);
});
