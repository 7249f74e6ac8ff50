import { expect, open, test, type Page, type Project } from "../support/fixtures.js";
import { Installation, PEOPLE } from "../support/fixtures.js";
import { card, expectCard, hydrated, question, review, row, saved } from "../support/pages.js";
import { answerWithOption, answerWithSlider, whenCardShows } from "../support/review.js";
import { root } from "../support/rows.mjs";

/** A project with two questions and one trace. */
async function asked(installation: Installation, project: Project) {
  await installation.slider(project, "Preference");
  await installation.choice(project, "Resolution", { "Not resolved": 0, Partly: 0.4, Resolved: 1 });
  const sent = root(project.id, { name: "answer_ticket" });
  await installation.sendTraces([sent]);
  return { sent, address: project.page(`logs?r=${sent.root_span_id}`) };
}

/** Leaves the open trace and expects a score in the list. */
async function backToList(page: Page, id: string, score: string): Promise<void> {
  await page.keyboard.press("Escape");
  await expect(row(page, id)).toContainText(score);
}

function report(what: string, milliseconds: number): void {
  test.info().annotations.push({ type: "measured", description: `${what}: ${milliseconds} ms` });
  console.log(`    ${what}: ${milliseconds} ms`);
}

test("a slider is saved, counted, and seen by somebody else", async ({ installation, project, reviewer, engineer }) => {
  const { sent, address } = await asked(installation, project);
  await open(engineer, project.page("logs"));
  await open(reviewer, address);

  const moved = await answerWithSlider(reviewer, "Preference", 80);
  const seen = await whenCardShows(engineer, "Preference", "80.0", 1);
  report("slider moved → another browser's summary", seen - moved);
  await expect(row(engineer, sent.id)).toContainText("80 %");

  await backToList(reviewer, sent.id, "80 %");
  await expectCard(reviewer, "Preference", "80.0", 1);

  for (const page of [reviewer, engineer]) {
    await page.reload();
    await hydrated(page);
    await expectCard(page, "Preference", "80.0", 1);
    await expect(row(page, sent.id)).toContainText("80 %");
  }
  await open(reviewer, address);
  await expect(question(reviewer, "Preference").getByRole("slider")).toHaveValue("80");
});

test("an option is saved, counted, and seen by somebody else", async ({ installation, project, reviewer, engineer }) => {
  const { sent, address } = await asked(installation, project);
  await open(engineer, project.page("logs"));
  await open(reviewer, address);
  const chosen = await answerWithOption(reviewer, "Resolution", "Partly");
  const seen = await whenCardShows(engineer, "Resolution", "40.0", 1);
  report("option chosen → another browser's summary", seen - chosen);

  // A change of mind replaces the answer.
  await answerWithOption(reviewer, "Resolution", "Resolved");
  await whenCardShows(engineer, "Resolution", "100.0", 1);
  await reviewer.reload();
  await hydrated(reviewer);
  await expect(question(reviewer, "Resolution").getByRole("radio", { name: /^Resolved/ })).toBeChecked();
  await backToList(reviewer, sent.id, "100 %");
});

test("each reviewer has one answer, and the score is their mean", async ({ installation, project, reviewer, colleague, engineer }) => {
  const { sent, address } = await asked(installation, project);
  await open(engineer, project.page("logs"));
  await open(reviewer, address);
  await open(colleague, address);
  await answerWithSlider(reviewer, "Preference", 90);
  await answerWithSlider(colleague, "Preference", 70);
  await whenCardShows(engineer, "Preference", "80.0", 1);
  // The second answer of the same person takes the place of the first.
  await answerWithSlider(reviewer, "Preference", 50);
  await whenCardShows(engineer, "Preference", "60.0", 1);

  const { objects } = await installation.call("GET", `/v1/answer?object_type=project_logs&object_id=${project.id}&id=${sent.id}`);
  const answers = objects.map((answer: { reviewer: { email: string }; value: number }) => [answer.reviewer.email, answer.value]);
  expect(answers.sort()).toEqual([
    [PEOPLE.colleague.email, 0.7],
    [PEOPLE.reviewer.email, 0.5],
  ]);

  // Each keeps seeing their own answer in the control, and the other one beside it.
  await reviewer.reload();
  await hydrated(reviewer);
  await expect(question(reviewer, "Preference").getByRole("slider")).toHaveValue("50");
  await expect(review(reviewer)).toContainText(PEOPLE.colleague.name);
  await colleague.reload();
  await hydrated(colleague);
  await expect(question(colleague, "Preference").getByRole("slider")).toHaveValue("70");
});

test("everything can be answered without a mouse", async ({ installation, project, reviewer }) => {
  const { sent } = await asked(installation, project);
  await open(reviewer, project.page("logs"));
  await row(reviewer, sent.id).getByRole("link").first().focus();
  await reviewer.keyboard.press("Enter");
  const slider = question(reviewer, "Preference").getByRole("slider");
  await expect(slider).toBeVisible();
  await tabTo(reviewer, slider);
  await reviewer.keyboard.press("ArrowRight");
  await expect(saved(reviewer)).toBeVisible();
  const value = Number(await slider.inputValue());
  expect(value).toBeGreaterThan(0);
  // The next question is the next stop.
  await tabTo(reviewer, question(reviewer, "Resolution").getByRole("radio").first());
  await reviewer.keyboard.press("Space");
  await expect(question(reviewer, "Resolution").getByRole("radio", { name: /^Not resolved/ })).toBeChecked();
  await reviewer.keyboard.press("ArrowRight");
  await expect(question(reviewer, "Resolution").getByRole("radio", { name: /^Partly/ })).toBeChecked();
  await expect(saved(reviewer)).toBeVisible();
  await expect
    .poll(async () => (await installation.call("GET", `/v1/summary?object_type=project_logs&object_id=${project.id}`)).scores)
    .toMatchObject({ Preference: { count: 1, mean: value / 100 }, Resolution: { count: 1, mean: 0.4 } });
});

/** Presses Tab until a control has the focus. */
async function tabTo(page: Page, control: import("@playwright/test").Locator): Promise<void> {
  for (let stops = 0; stops < 80; stops += 1) {
    if (await control.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error("The control cannot be reached with the Tab key.");
}

test("a comment appears for everybody who has the trace open", async ({ installation, project, reviewer, engineer }) => {
  const { address } = await asked(installation, project);
  await open(reviewer, address);
  await open(engineer, address);
  const comment = reviewer.getByRole("textbox", { name: "Add a comment" });
  await comment.fill("Parcels posted after noon arrive on **Friday**.");
  await comment.press("Control+Enter");
  for (const page of [reviewer, engineer]) {
    const activity = page.getByRole("region", { name: "Activity" });
    await expect(activity).toContainText("Parcels posted after noon", { timeout: 2_000 });
    await expect(activity).toContainText(PEOPLE.reviewer.name);
  }
  await engineer.reload();
  await hydrated(engineer);
  await expect(engineer.getByRole("region", { name: "Activity" })).toContainText("Parcels posted after noon");
});

test("a viewer sees the scores and no controls", async ({ installation, project, viewer, reviewer }) => {
  const { sent, address } = await asked(installation, project);
  await open(reviewer, address);
  await answerWithSlider(reviewer, "Preference", 80);
  await open(viewer, project.page("logs"));
  await expectCard(viewer, "Preference", "80.0", 1);
  await expect(row(viewer, sent.id)).toContainText("80 %");
  await open(viewer, address);
  await expect(review(viewer)).toContainText("Preference");
  await expect(review(viewer)).toContainText("80 %");
  for (const role of ["slider", "radio", "textbox", "checkbox"] as const) await expect(review(viewer).getByRole(role)).toHaveCount(0);
  await expect(viewer.getByRole("textbox", { name: "Add a comment" })).toHaveCount(0);
});

for (const signal of ["SIGKILL", "SIGTERM"] as const) {
  test(`answers are there after the server ended by ${signal}, and open pages catch up`, async ({ database, browser, watch }) => {
    test.setTimeout(120_000);
    // The browser says that it lost the connection.
    watch.allow(/ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY_RESPONSE|ERR_NETWORK|Failed to fetch/i);
    const installation = await Installation.start(database);
    try {
      const project = await installation.project();
      const { address } = await asked(installation, project);
      const page = await installation.browserOf(browser, "reviewer", {});
      const other = await installation.browserOf(browser, "engineer", {});
      await watch.over(page);
      await watch.over(other);
      await open(other, project.page("logs"));
      await open(page, address);
      await answerWithSlider(page, "Preference", 80);
      const took = await installation.server.restart(signal);
      if (signal === "SIGTERM") {
        report("SIGTERM → the server has ended", Math.round(took));
        expect(took).toBeLessThan(5_000);
      }
      // Somebody else answers after the restart; the page that stayed open learns of it.
      await page.reload();
      await hydrated(page);
      await expect(question(page, "Preference").getByRole("slider")).toHaveValue("80");
      await answerWithOption(page, "Resolution", "Resolved");
      await expect(card(other, "Resolution")).toContainText("n=1", { timeout: 20_000 });
      await expectCard(other, "Preference", "80.0", 1);
      await watch.close(page);
      await watch.close(other);
    } finally {
      await installation.server.remove();
    }
  });
}

test("arrows at either end of the form answer nothing", async ({ installation, project, reviewer }) => {
  const { address } = await asked(installation, project);
  await open(reviewer, address);
  const slider = question(reviewer, "Preference").getByRole("slider");
  await slider.focus();
  await reviewer.keyboard.press("ArrowUp");
  await expect(slider).toHaveAttribute("aria-valuetext", "not answered");
  await reviewer.keyboard.press("ArrowDown");
  await expect(question(reviewer, "Resolution").getByRole("radio").first()).toBeFocused();
  await reviewer.keyboard.press("ArrowDown");
  for (const radio of await question(reviewer, "Resolution").getByRole("radio").all()) await expect(radio).not.toBeChecked();
});

test("a number out of range is said at its field, and nothing is saved", async ({ installation, project, reviewer }) => {
  const { sent, address } = await asked(installation, project);
  await open(reviewer, address);
  await answerWithSlider(reviewer, "Preference", 80);
  const number = question(reviewer, "Preference").getByRole("textbox", { name: "Preference in percent" });
  await number.fill("150");
  await number.press("Tab");
  await expect(number).toHaveAttribute("aria-invalid", "true");
  await expect(question(reviewer, "Preference")).toContainText("Use a number from 0 to 100. It is not saved.");
  await number.fill("65");
  await number.press("Tab");
  await expect(number).not.toHaveAttribute("aria-invalid", "true");
  await expect(question(reviewer, "Preference").getByRole("slider")).toHaveValue("65");
  await expect
    .poll(async () => (await installation.call("GET", `/v1/answer?object_type=project_logs&object_id=${project.id}&id=${sent.id}`)).objects[0].value)
    .toBe(0.65);
});

test("a clock that is wrong in the browser changes no order", async ({ installation, project, reviewer, colleague }) => {
  const { address } = await asked(installation, project);
  await open(colleague, address);
  await colleague.getByRole("textbox", { name: "Add a comment" }).fill("the first word");
  await colleague.keyboard.press("Control+Enter");
  await expect(colleague.getByRole("region", { name: "Activity" })).toContainText("the first word");
  await reviewer.clock.setFixedTime(new Date("2001-01-01"));
  await open(reviewer, address);
  await reviewer.getByRole("textbox", { name: "Add a comment" }).fill("the last word");
  await reviewer.keyboard.press("Control+Enter");
  for (const page of [reviewer, colleague]) {
    await expect(page.getByRole("region", { name: "Activity" }).locator(".note")).toHaveText(["the last word", "the first word"]);
  }
});
