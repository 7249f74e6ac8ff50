// The pages as people know them: by roles and names.

import { expect, type Locator, type Page, type Route } from "@playwright/test";
import { PASSWORD } from "./server.mjs";

/** Waits until a page is ready for input. */
export async function hydrated(page: Page): Promise<void> {
  await expect(page.locator("html")).toHaveAttribute("data-hydrated", "true", { timeout: 20_000 });
}

/** Fills in the sign-in form, opening it unless it is open already. */
export async function signIn(page: Page, email: string, password: string = PASSWORD): Promise<void> {
  if (!page.url().includes("/login")) await page.goto("/login");
  await fillSignIn(page, email, password);
  await expect(page).not.toHaveURL(/\/login/);
}

/** Fills in the sign-in form and sends it. */
export async function fillSignIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/**
 * Commands do not reach the server any more, but get what `instead` says; returns what lets them through again. The route stays
 * then: taking it away leaves a request that is made at that moment without any answer.
 */
export async function cut(page: Page, instead: (route: Route) => Promise<void> = (route) => route.abort()): Promise<() => void> {
  let isCut = true;
  await page.route("**/fn/commands/run", (route) => (isCut ? instead(route) : route.continue()));
  return () => {
    isCut = false;
  };
}

/** The rows of the list that are in the document. */
export const rows = (page: Page): Locator => page.locator("[data-row-id]");

/** The row of a span in the list. */
export const row = (page: Page, id: string): Locator => page.locator(`[data-row-id="${id}"]`);

/** The trace that is open. */
export const trace = (page: Page): Locator => page.getByRole("article", { name: /^Trace/ });

/** The tree of the open trace. */
export const tree = (page: Page): Locator => page.getByRole("navigation", { name: "Spans" });

/** A field of the open span, such as **Input**. */
export const field = (page: Page, name: string): Locator => page.getByRole("region", { name, exact: true });

/** Where people answer. */
export const review = (page: Page): Locator => page.getByRole("region", { name: "Human review" });

/** One question there. */
export const question = (page: Page, name: string): Locator => review(page).getByRole("group", { name, exact: true });

/** The card of a score in the summary strip. */
export const card = (page: Page, name: string): Locator => page.getByRole("region", { name: "Summary" }).getByRole("group", { name, exact: true });

/** The word about saving. */
export const saved = (page: Page): Locator => review(page).getByRole("status").filter({ hasText: "Saved" });

/** What a card says, with every kind of space as one: "73.4 % n=120". */
export async function expectCard(page: Page, name: string, mean: string, count: number): Promise<void> {
  const group = card(page, name);
  await expect(group).toContainText(new RegExp(`${mean.replace(".", "\\.")}\\s*%`));
  await expect(group).toContainText(new RegExp(`n\\s*=\\s*${count}(?!\\d)`));
}
