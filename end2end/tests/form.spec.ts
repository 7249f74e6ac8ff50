// The form of the open trace: which question has the keys, what it says of what is saved, and where it is on a phone.

import { expect, open, test, type Page } from "../support/fixtures.js";
import { allSent, delay, nameOf, numbered } from "../support/landing.js";
import { cut, field, question, review, saved, tree } from "../support/pages.js";
import { make, TEXT, withTrace } from "../support/questions.js";
import { child, root } from "../support/rows.mjs";

const LONG = Array.from({ length: 300 }, (_, line) => `Line ${line} of what there is to read.`).join("\n\n");

for (const milliseconds of [0, 150]) {
  test(`the question at hand has the keys wherever one reads, with an answer after ${milliseconds} ms`, async ({ installation, project, reviewer: page }) => {
    await installation.slider(project, "Preference");
    await installation.choice(project, "Tone", { Warm: 1, Blunt: 0.5, Rude: 0 });
    const top = root(project.id, { name: "answer_ticket", output: LONG });
    await installation.sendTraces([top, child(top, { name: "draft" })]);
    await delay(page, milliseconds);
    await open(page, project.page(`logs?r=${top.root_span_id}`));
    const slider = question(page, "Preference").getByRole("slider");
    const rude = question(page, "Tone").getByRole("radio", { name: /^Rude/ });
    const content = page.getByRole("region", { name: "Span answer_ticket" });
    const read = () => content.evaluate((element) => element.scrollTop);

    // From the first moment on, and what is read has the scrolling.
    await expect(question(page, "Preference")).toHaveClass(/\bfocus\b/);
    await page.keyboard.press("Space");
    await expect.poll(read).toBeGreaterThan(100);
    const once = await read();
    await page.keyboard.press("PageDown");
    await expect.poll(read).toBeGreaterThan(once);
    await page.keyboard.press("7");
    await expect(slider).toHaveValue("70");
    const twice = await read();
    await page.keyboard.press("PageDown");
    await expect.poll(read).toBeGreaterThan(twice);
    await expect(slider).toHaveValue("70");

    // After reading, choosing how something is shown, and in the tree.
    await page.keyboard.press("ArrowDown");
    await content.getByText("Line 20 of").click();
    await page.keyboard.press("3");
    await expect(rude).toBeChecked();
    await tree(page).getByRole("link", { name: "draft" }).click();
    await expect(page.getByRole("region", { name: "Span draft" })).toBeVisible();
    await page.keyboard.press("0");
    await expect(rude).not.toBeChecked();
    await page.keyboard.press("ArrowUp");
    await expect(page.getByRole("region", { name: "Span answer_ticket" })).toBeVisible();
    await page.keyboard.press("3");
    await expect(rude).toBeChecked();
    await allSent(page);
  });
}

test("a digit stands only where it acts, and so does the edge of the question at hand", async ({ installation, project, reviewer: page }) => {
  // No letter is left for options of the second question.
  await installation.choice(project, "First", { "Bug hid": 1, "Line": 0 });
  await make(installation, project, "Second", { score_type: "categorical", categories: ["ä", "ö"], config: { destination: "expected" } });
  const { address } = await withTrace(installation, project);
  await open(page, address);
  const digit = question(page, "Second").getByText("1", { exact: true });
  await expect(question(page, "First")).toHaveClass(/\bfocus\b/);
  await expect(digit).toBeHidden();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await expect(question(page, "Second")).toHaveClass(/\bfocus\b/);
  await expect(digit).toBeVisible();
  await page.keyboard.press("2");
  await expect(question(page, "Second").getByRole("radio", { name: /ö/ })).toBeChecked();
});

test("what nobody answered looks like it", async ({ installation, project, reviewer: page }) => {
  await installation.slider(project, "Preference");
  const { address } = await withTrace(installation, project);
  await open(page, address);
  const slider = question(page, "Preference").getByRole("slider");
  await expect(slider).toHaveAttribute("aria-valuetext", "not answered");
  await expect(slider).toHaveClass(/\bunset\b/);
  await page.keyboard.press("5");
  await expect(slider).not.toHaveClass(/\bunset\b/);
  await page.keyboard.press("Backspace");
  await expect(slider).toHaveClass(/\bunset\b/);
});

test("the word about saving belongs to its row and its change", async ({ installation, project, reviewer: page, watch }) => {
  watch.allow(/net::ERR_FAILED/);
  await installation.slider(project, "Preference");
  await make(installation, project, "Reason", TEXT);
  const rows = await numbered(installation, project, 3);
  await open(page, project.page(`logs?r=${rows[0]!.root}`));
  const shows = (number: number) => expect(field(page, "Input")).toContainText(nameOf(number));
  await page.keyboard.press("8");
  await page.keyboard.press("5");
  await expect(saved(page)).toBeVisible();
  // Nothing was said about the next row.
  await page.keyboard.press("j");
  await shows(2);
  await expect(saved(page)).toHaveCount(0);
  await page.keyboard.press("k");
  await shows(1);
  await expect(saved(page)).toBeVisible();
  // What is not taken is not saved.
  const number = question(page, "Preference").getByRole("textbox");
  await number.fill("nine");
  await number.press("Tab");
  await expect(question(page, "Preference")).toContainText("It is not saved.");
  await expect(saved(page)).toHaveCount(0);
  await number.fill("90");
  await number.press("Tab");
  await expect(saved(page)).toBeVisible();
  // Neither is a text while it is being typed.
  await question(page, "Reason").getByRole("textbox").pressSequentially("It names");
  await expect(review(page).getByRole("status").filter({ hasText: "Saving…" })).toBeVisible();
  await expect(saved(page)).toBeVisible();
  // Without a server the row that one goes on to has nothing to save.
  const restore = await cut(page);
  await page.keyboard.press("Escape");
  await page.keyboard.press("j");
  await shows(2);
  await page.keyboard.press("4");
  await page.keyboard.press("j");
  await shows(3);
  await expect(review(page).getByRole("status").filter({ hasText: /Sav/ })).toHaveCount(0);
  restore();
  await allSent(page);
});

test("an answer below is never lost: the tree marks it, and the activity of the trace tells it", async ({ installation, project, reviewer: page, colleague }) => {
  await installation.choice(project, "Tone", { Warm: 1, Blunt: 0.5, Rude: 0 });
  const top = root(project.id, { name: "answer_ticket" });
  const below = child(top, { name: "look_up_order" });
  await installation.sendTraces([top, below]);
  await open(colleague, project.page(`logs?r=${top.root_span_id}`));
  await open(page, project.page(`logs?r=${top.root_span_id}&s=${below.span_id}`));
  await expect(review(page)).toContainText("Answers are for look_up_order, this span only.");
  await page.keyboard.press("2");
  await allSent(page);
  // Somebody else sees it at the root, while it is open.
  await expect(review(colleague)).toContainText("Also answered: 1 span below: look_up_order");
  await expect(tree(colleague).getByRole("link", { name: "look_up_order" })).toContainText("answered by others");
  const activity = colleague.getByRole("region", { name: "Activity" });
  await expect(activity).toContainText("“All spans” shows what was done about the rest of the trace.");
  await activity.getByRole("button", { name: "All spans" }).click();
  await expect(activity.getByRole("listitem").filter({ hasText: "set Tone to" })).toContainText("on look_up_order");
  await activity.getByRole("link", { name: "look_up_order" }).click();
  await expect(colleague.getByRole("region", { name: "Span look_up_order" })).toBeVisible();
  await expect(review(colleague)).toContainText("You are reading look_up_order.");
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 } });

  /** Whether all of something is in view. */
  const inView = (page: Page, name: string) =>
    question(page, name).evaluate((element) => {
      const { top, bottom, height } = element.getBoundingClientRect();
      return height > 40 && top >= 0 && bottom <= window.innerHeight;
    });

  test("the form is a sheet at the bottom, with the question at hand", async ({ installation, project, reviewer: page }) => {
    await installation.choice(project, "Tone", { Warm: 1, Blunt: 0.5, Rude: 0 });
    await installation.slider(project, "Preference");
    const rows = await numbered(installation, project, 2, { output: LONG });
    await open(page, project.page(`logs?r=${rows[0]!.root}`));
    await expect.poll(() => inView(page, "Tone")).toBe(true);
    expect(await inView(page, "Preference")).toBe(false);
    await question(page, "Tone").getByRole("radio", { name: /^Blunt/ }).click();
    await expect(review(page).getByRole("button", { name: /1 of 2/ })).toBeVisible();
    await review(page).getByRole("button", { name: "Next question" }).click();
    await expect.poll(() => inView(page, "Preference")).toBe(true);
    expect(await inView(page, "Tone")).toBe(false);
    // Open it shows all of the form, the tags and the activity.
    const handle = review(page).getByRole("button", { name: /All 2 questions/ });
    await expect(handle).toHaveAttribute("aria-expanded", "false");
    await handle.click();
    await expect(handle).toHaveAttribute("aria-expanded", "true");
    await expect.poll(() => inView(page, "Tone")).toBe(true);
    await expect(page.getByRole("textbox", { name: "Add a comment" })).toBeVisible();
    await handle.click();
    await expect(review(page).getByText("Answers are for")).toHaveCount(0);
    // The last question leads on to the next trace.
    await review(page).getByRole("button", { name: "Next trace" }).click();
    await expect(field(page, "Input")).toContainText(nameOf(2));
    await expect.poll(() => inView(page, "Tone")).toBe(true);
    await allSent(page);
    // What is read is above it, and nothing lies over anything.
    const bottom = await page.getByRole("region", { name: /^Span/ }).evaluate((element) => element.getBoundingClientRect().bottom);
    const top = await page.getByRole("complementary", { name: "Review and activity" }).evaluate((element) => element.getBoundingClientRect().top);
    expect(bottom).toBeLessThanOrEqual(top + 1);
  });

  test("shut, the sheet says whose it is where one reads another span", async ({ installation, project, reviewer: page }) => {
    await installation.choice(project, "Tone", { Warm: 1, Blunt: 0.5, Rude: 0 });
    const sent = root(project.id, { name: "answer_ticket" });
    await installation.sendTraces([sent, child(sent, { name: "draft" })]);
    await open(page, project.page(`logs?r=${sent.root_span_id}`));
    await expect(review(page).getByText("Answers are for")).toBeHidden();
    await tree(page).getByRole("link", { name: "draft" }).click();
    await expect(review(page).getByText("Answers are for")).toBeVisible();
    await expect(review(page).getByRole("button", { name: "Answer for this span" })).toBeInViewport();
  });
});

test("in a window at 200 % what is read stands beside the form, and no button leaves a window", async ({ installation, project, reviewer: page }) => {
  await installation.slider(project, "Preference");
  const top = root(project.id, { name: "answer_ticket", input: "Can it go back?", output: LONG });
  await installation.sendTraces([top, child(top, { name: "draft" })]);
  for (const [width, height, review] of [[720, 450, ""], [720, 450, "&review=1"], [1024, 768, "&review=1"], [1100, 700, "&review=1"]] as const) {
    await page.setViewportSize({ width, height });
    await open(page, project.page(`logs?r=${top.root_span_id}${review}`));
    await expect(question(page, "Preference").getByRole("slider")).toBeInViewport({ ratio: 1 });
    if (review !== "") await expect(page.getByRole("button", { name: "Complete and continue" })).toBeInViewport({ ratio: 1 });
    const found = await page.evaluate(() => {
      const seen = [...document.querySelectorAll("section.span section")].map((part) => part.getBoundingClientRect());
      const outside = [...document.querySelectorAll("button")].filter((button) => button.getBoundingClientRect().width > 1 && button.getBoundingClientRect().right > innerWidth);
      return { read: Math.max(...seen.map((box) => Math.min(box.bottom, innerHeight) - Math.max(box.top, 0))), outside: outside.map((button) => button.textContent) };
    });
    expect(found.read, `${width} × ${height}${review}`).toBeGreaterThan(80);
    expect(found.outside, `${width} × ${height}${review}`).toEqual([]);
  }
});

test("a press on the middle of a slider that nobody answered is an answer", async ({ installation, project, reviewer: page }) => {
  await installation.slider(project, "Preference");
  const { address } = await withTrace(installation, project);
  await open(page, address);
  const slider = question(page, "Preference").getByRole("slider");
  await slider.click();
  await expect(slider).toHaveAttribute("aria-valuetext", "50 %");
  await expect(saved(page)).toBeVisible();
});
