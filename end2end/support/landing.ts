// What one does must land where one looks: which row was painted when a key went down, and what became of it.

import { expect, type Installation, type Page, type Project } from "./fixtures.js";
import { many } from "./rows.mjs";

/** A key that went down. */
export interface Pressed {
  key: string;
  /** The number of the row that was painted; none while the page showed another one than its address says. */
  painted: number | null;
  /** What had the focus: a text, something else in a question, nothing, or anything else. */
  focus: "text" | "question" | "nothing" | "elsewhere";
}

declare global {
  interface Window {
    pressed: Pressed[];
  }
}

/** The word that stands in the input of a row, and nowhere else. */
export const nameOf = (number: number) => `row-${String(number).padStart(2, "0")}`;

/** A project with rows that can be told apart by what stands in them; the first one is the newest. */
export async function numbered(installation: Installation, project: Project, count: number, fields: object = {}): Promise<{ id: string; root: string }[]> {
  const sent = many(project.id, count, (index) => ({ name: nameOf(count - index), input: `Question of ${nameOf(count - index)}`, ...fields })).reverse();
  await installation.sendTraces(sent);
  return sent.map((row) => ({ id: row.id, root: row.root_span_id }));
}

/** Everything that a page asks of its server takes so many milliseconds longer. */
export async function delay(page: Page, milliseconds: number): Promise<void> {
  if (milliseconds === 0) return;
  await page.route("**/fn/**", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    // The page may be gone by then.
    await route.continue().catch(() => {});
  });
}

/** Writes down each key as it goes down, before the page hears of it. To be called before the page is opened. */
export async function watchKeys(page: Page, roots: string[]): Promise<void> {
  await page.addInitScript((roots) => {
    window.pressed = [];
    const painted = () => {
      const wanted = roots.indexOf(new URL(window.location.href).searchParams.get("r") ?? "");
      const shown = document.querySelector("section.span section[aria-label=Input]")?.textContent?.match(/row-(\d+)/)?.[1];
      return wanted >= 0 && Number(shown) === wanted + 1 ? wanted + 1 : null;
    };
    window.addEventListener(
      "keydown",
      ({ key, ctrlKey }) => {
        if (key === "Control") return;
        const focused = document.activeElement ?? document.body;
        const within = (selector: string) => focused.closest(selector) !== null;
        const focus = within("textarea, input[type=text]") ? "text" : within(".question") ? "question" : focused === document.body ? "nothing" : "elsewhere";
        window.pressed.push({ key: ctrlKey ? `Control+${key}` : key, painted: painted(), focus });
      },
      true,
    );
  }, roots);
}

/** The keys so far. */
export const pressed = (page: Page): Promise<Pressed[]> => page.evaluate(() => window.pressed);

/** Waits until nothing of what was said is on its way any more. */
export async function allSent(page: Page): Promise<void> {
  await expect.poll(() => page.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith("journal/")))).toEqual([]);
}

/** The answers to a question in the order of the rows; none where nobody answered. */
export async function answersTo(installation: Installation, project: Project, rows: { id: string }[]): Promise<(string | null)[]> {
  const of = async ({ id }: { id: string }) => {
    const { objects } = await installation.call("GET", `/v1/answer?object_type=project_logs&object_id=${project.id}&id=${id}`);
    expect(objects.length).toBeLessThanOrEqual(1);
    return (objects[0]?.value as string | undefined) ?? null;
  };
  return Promise.all(rows.map(of));
}

/** The comments on each row, oldest first, as the page's server tells them. */
export async function commentsOn(page: Page, project: Project, rows: { root: string }[]): Promise<string[][]> {
  const of = ({ object, root }: { object: string; root: string }) =>
    fetch("/fn/spans/open", {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify({ query: { object, root_span_id: root, span_id: null } }),
    }).then((answer) => answer.json());
  const views = await Promise.all(rows.map(({ root }) => page.evaluate(of, { object: project.id, root })));
  return views.map((view) => view.said.comments.toReversed().toSorted((one: any, other: any) => one.created - other.created).map((comment: any) => comment.text));
}

/** A source of numbers from 0 to 1 that gives the same ones for the same seed. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
