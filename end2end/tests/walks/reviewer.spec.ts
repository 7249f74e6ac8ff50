// A reviewer works through ten items without the mouse: letters, digits, texts, comments, taking back, and on to the next.

import { expect, open, test, type Installation, type Page, type Project } from "../../support/fixtures.js";
import { press, type } from "../../support/hands.js";
import { allSent, commentsOn, delay, nameOf, numbered } from "../../support/landing.js";
import { field, hydrated, question, review, row, saved } from "../../support/pages.js";
import { make } from "../../support/questions.js";

const TONES = [["w", "Warm"], ["b", "Blunt"], ["u", "Rude"]] as const;

/** Rows in a list, and the questions that are asked about them. */
async function asked(installation: Installation, project: Project, count: number) {
  await installation.choice(project, "Tone", { Warm: 1, Blunt: 0.5, Rude: 0 });
  await make(installation, project, "Preference", { score_type: "slider", config: { hotkey: "p" } });
  await make(installation, project, "Reason", { score_type: "free-form", config: { destination: "metadata.review.reason", hotkey: "q" } });
  return numbered(installation, project, count);
}

/** What was said to a question about each row. */
async function said(installation: Installation, project: Project, rows: { id: string }[], name: string): Promise<unknown[]> {
  const of = async ({ id }: { id: string }) => {
    const { objects } = await installation.call("GET", `/v1/answer?object_type=project_logs&object_id=${project.id}&id=${id}`);
    return objects.find((answer: { question: string }) => answer.question === name)?.value ?? null;
  };
  return Promise.all(rows.map(of));
}

const shows = (page: Page, number: number) => expect(field(page, "Input")).toContainText(nameOf(number));

for (const milliseconds of [0, 150]) {
  test(`ten items by keyboard, with an answer after ${milliseconds} ms`, async ({ installation, project, reviewer: page }) => {
    const rows = await asked(installation, project, 40);
    await delay(page, milliseconds);
    await open(page, project.page("logs"));
    // The cursor goes to the twelfth row.
    await press(page, ...Array<string>(12).fill("j"), "Enter");
    for (let number = 12; number < 22; number += 1) {
      await shows(page, number);
      const [letter] = TONES[number % 3]!;
      await press(page, letter, "p", ...String(40 + number));
      await press(page, "q");
      await type(page, `because ${number}`);
      await press(page, "Escape", "c");
      await type(page, `seen ${number}`);
      await press(page, "Control+Enter", "Escape");
      // Once something else was meant.
      if (number === 15) await press(page, TONES[(number + 1) % 3]![0], "z");
      if (number < 21) await press(page, "j");
    }
    // Back and forth, and out of it to where one is in the list.
    await press(page, "k");
    await shows(page, 20);
    await expect(question(page, "Preference").getByRole("slider")).toHaveValue("60");
    await press(page, "j");
    await shows(page, 21);
    await expect(question(page, "Reason").getByRole("textbox")).toHaveValue("because 21");
    await allSent(page);
    await press(page, "Escape");
    await expect(row(page, rows[20]!.id).getByRole("link")).toBeFocused();
    await expect(row(page, rows[20]!.id)).toBeInViewport({ ratio: 1 });

    // Each thing is on the row that was read, and nowhere else.
    const seen = <T,>(of: (number: number) => T) => rows.map((_, index) => (index >= 11 && index < 21 ? of(index + 1) : null));
    expect(await said(installation, project, rows, "Tone")).toEqual(seen((number) => TONES[number % 3]![1]));
    expect(await said(installation, project, rows, "Preference")).toEqual(seen((number) => (40 + number) / 100));
    expect(await said(installation, project, rows, "Reason")).toEqual(seen((number) => `because ${number}`));
    expect(await commentsOn(page, project, rows)).toEqual(seen((number) => [`seen ${number}`]).map((comments) => comments ?? []));

    await page.reload();
    await hydrated(page);
    await expect(row(page, rows[20]!.id)).toBeInViewport({ ratio: 1 });
    await press(page, "Enter");
    await shows(page, 21);
    await expect(question(page, "Tone").getByRole("radio", { name: /^Warm/ })).toBeChecked();
    await expect(page.getByRole("region", { name: "Activity" })).toContainText("seen 21");
    // What stands is said again: it is saved, and there is nothing to tell.
    const entries = page.getByRole("region", { name: "Activity" }).getByRole("listitem").filter({ hasText: "set Preference" });
    await expect(entries).toHaveCount(1);
    await press(page, "p", "6", "1");
    await expect(saved(page)).toBeVisible();
    await allSent(page);
    await page.reload();
    await hydrated(page);
    await expect(entries).toHaveCount(1);
  });
}

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test("ten items with the thumb", async ({ installation, project, reviewer: page }) => {
    await installation.choice(project, "Tone", { Warm: 1, Blunt: 0.5, Rude: 0 });
    await installation.slider(project, "Preference");
    const rows = await numbered(installation, project, 12);
    await open(page, project.page("logs"));
    await row(page, rows[0]!.id).getByRole("link").click();
    for (let number = 1; number <= 10; number += 1) {
      await shows(page, number);
      await question(page, "Tone").getByRole("radio", { name: new RegExp(`^${TONES[number % 3]![1]}`) }).click();
      await expect(review(page).getByRole("button", { name: /1 of 2/ })).toBeVisible();
      await review(page).getByRole("button", { name: "Next question" }).click();
      const slider = (await question(page, "Preference").getByRole("slider").boundingBox())!;
      // A thumb is not exact.
      await page.mouse.click(slider.x + slider.width * (0.3 + number * 0.05), slider.y + slider.height / 2);
      await expect(review(page).getByRole("button", { name: /2 of 2/ })).toBeVisible();
      if (number < 10) await review(page).getByRole("button", { name: "Next trace" }).click();
    }
    await allSent(page);
    expect((await said(installation, project, rows, "Tone")).slice(0, 11)).toEqual([...Array.from({ length: 10 }, (_, index) => TONES[(index + 1) % 3]![1]), null]);
    const preferences = (await said(installation, project, rows, "Preference")) as (number | null)[];
    for (const [index, preference] of preferences.entries()) {
      if (index < 10) expect(Math.abs(preference! - (0.3 + (index + 1) * 0.05))).toBeLessThan(0.08);
      else expect(preference).toBeNull();
    }
  });
});
