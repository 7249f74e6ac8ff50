// Two experiments compared by people, pair by pair and by the keyboard, who are not told which is which.

import { AxeBuilder } from "@axe-core/playwright";
import { expect, open, test, type Page, type Project } from "../support/fixtures.js";
import type { Installation } from "../support/fixtures.js";
import { delay } from "../support/landing.js";
import { hydrated } from "../support/pages.js";

const PAIRS = 6;

/** Two experiments with the same inputs, and one more each. What came out does not tell which is which but to who knows. */
async function experiments(installation: Installation, project: Project) {
  const run = async (name: string, word: string, numbers: number[]) => {
    const { id } = await installation.call("POST", "/v1/experiment", { project_id: project.id, name });
    const row = (number: number) => {
      const root = `${name}-${number}`;
      return { experiment_id: id, id: root, span_id: root, root_span_id: root, input: `Question ${number}?`, output: `The ${word} answer ${number}.`, span_attributes: { name: "eval", type: "eval" } };
    };
    await installation.sendTraces(numbers.map(row));
    return id;
  };
  const both = Array.from({ length: PAIRS }, (_, index) => index + 1);
  await run("steady", "curt", [...both, 90]);
  await run("bold", "long", [...both, 91]);
}

/** Makes the list where the experiments are compared, and says that two people review each pair. */
async function paired(installation: Installation, project: Project, engineer: Page): Promise<{ list: string; address: string }> {
  await experiments(installation, project);
  await open(engineer, project.page("experiments/steady/compare?with=bold"));
  await engineer.getByRole("button", { name: "Review in pairs" }).click();
  await expect(engineer.getByText("6 pairs to review. 2 inputs are left out, in one of them only.")).toBeVisible();
  await engineer.getByRole("link", { name: "Open the list" }).click();
  await expect(engineer.getByRole("heading", { name: "Review", level: 1 })).toBeVisible();
  await expect(engineer.getByRole("region", { name: "Preferences" })).toContainText("No pair of bold against steady is reviewed yet.");
  const list = new URL(engineer.url()).searchParams.get("list")!;
  await installation.call("PATCH", `/v1/review_list/${list}`, { reviewers_per_item: 2, apply_to_open: true });
  return { list, address: project.page(`review?list=${list}`) };
}

const side = (page: Page, name: "A" | "B") => page.getByRole("region", { name, exact: true });
const choice = (page: Page, name: string) => page.getByRole("radio", { name });
const input = (page: Page) => page.getByRole("region", { name: "Input" });
const totals = (page: Page) => page.getByRole("region", { name: "Preferences" });

/** Which side is the long answer. */
const longSide = async (page: Page) => ((await side(page, "A").innerText()).includes("long") ? "a" : "b");

/** The number of the pair that is painted, another one than `before`. */
async function painted(page: Page, before: string): Promise<string> {
  const shown = async () => (await input(page).innerText()).match(/Question (\d+)\?/)?.[1] ?? "";
  await expect.poll(shown).not.toBe(before);
  await expect(choice(page, "Equal")).toBeEnabled();
  return shown();
}

for (const milliseconds of [0, 150]) {
  test(`two people say what is better by the keyboard, with an answer after ${milliseconds} ms`, async ({ installation, project, owner, engineer, reviewer, colleague }) => {
    await open(owner, project.page("configuration/review"));
    await owner.getByRole("checkbox", { name: "Blind reviews", exact: true }).check();
    await expect(owner.getByRole("status").filter({ hasText: "Saved" })).toBeVisible();
    const { list, address } = await paired(installation, project, engineer);
    const lefts: Record<string, string[]> = { reviewer: [], colleague: [] };
    for (const [name, page] of [["reviewer", reviewer], ["colleague", colleague]] as const) {
      await delay(page, milliseconds);
      await open(page, address);
      await expect(totals(page)).toContainText("Reviews are blind here");
      await page.keyboard.press("r");
      let before = "";
      for (let number = 1; number <= PAIRS; number += 1) {
        before = await painted(page, before);
        for (const word of ["steady", "bold"]) expect(await page.locator("main").innerText()).not.toContain(word);
        const long = await longSide(page);
        lefts[name]!.push(`${before}${long}`);
        if (number === 1) {
          await page.keyboard.press("Control+Enter");
          await expect(page.getByText("Answer Preference first.")).toBeVisible();
          // What was kept for who reviews stands where it stood.
          await page.reload();
          await hydrated(page);
          await painted(page, "");
          expect(await longSide(page)).toBe(long);
          await page.keyboard.press("=");
          await expect(choice(page, "Equal")).toBeChecked();
        }
        // The reviewer likes the long answer; the colleague finds the first pair equal and likes the long answer else.
        if (!(number === 1 && name === "colleague")) await page.keyboard.press(long);
        await page.keyboard.press("Control+Enter");
      }
      await expect(page.getByText("Nothing else is left for you in this list.")).toBeVisible();
    }
    expect([lefts.reviewer!.length, lefts.colleague!.length]).toEqual([PAIRS, PAIRS]);
    const { totals: found } = await installation.call("GET", `/v1/review_list/${list}/pair`);
    expect([found.wins, found.losses, found.ties, found.pairs]).toEqual([11, 0, 1, 6]);
    // Whoever looks after the list sees it without loading anything.
    await expect(totals(engineer)).toContainText("11 wins · 0 losses · 1 tie");
    await expect(totals(engineer)).toContainText("96 % preferred (95 %: ");
    await expect(totals(engineer)).toContainText(`The left side won ${found.left} of 11 decided`);
  });
}

test("what was said last is taken back, a pair is left to others, and nothing acts that is not there", async ({ installation, project, engineer, reviewer }) => {
  const { list, address } = await paired(installation, project, engineer);
  await delay(reviewer, 300);
  await open(reviewer, address);
  await reviewer.getByRole("button", { name: "Take the next item" }).click();
  const first = await painted(reviewer, "");
  await choice(reviewer, "A is better").click();
  // Keys in a hurry: what comes after completing is not said about the next pair before that is there.
  for (const key of ["b", "Control+Enter", "a", "Control+Enter"]) await reviewer.keyboard.press(key);
  const second = await painted(reviewer, first);
  const pairs = async () => (await installation.call("GET", `/v1/review_list/${list}/pair`)).totals.pairs;
  expect(await pairs()).toBe(1);
  await expect(reviewer.getByRole("radio", { checked: true })).toHaveCount(0);
  await reviewer.keyboard.press("z");
  expect(await painted(reviewer, second)).toBe(first);
  expect(await pairs()).toBe(0);
  await reviewer.getByRole("combobox", { name: "Skip" }).selectOption({ label: "Broken item" });
  await painted(reviewer, first);
  expect(await pairs()).toBe(0);
  const { violations } = await new AxeBuilder({ page: reviewer }).analyze();
  expect(violations).toEqual([]);
  await reviewer.getByRole("link", { name: "Back to the list" }).click();
  await expect(reviewer.getByRole("heading", { name: "Review", level: 1 })).toBeVisible();
});

test("a pair on a phone stands one answer below the other", async ({ installation, project, engineer, reviewer }) => {
  const { address } = await paired(installation, project, engineer);
  await reviewer.setViewportSize({ width: 390, height: 844 });
  await open(reviewer, address);
  await reviewer.getByRole("button", { name: "Take the next item" }).click();
  const first = await painted(reviewer, "");
  const [a, b] = [await side(reviewer, "A").boundingBox(), await side(reviewer, "B").boundingBox()];
  expect(b!.y).toBeGreaterThanOrEqual(a!.y + a!.height - 1);
  expect(await reviewer.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await choice(reviewer, "B is better").click();
  await reviewer.getByRole("button", { name: "Complete and continue" }).click();
  await painted(reviewer, first);
});
