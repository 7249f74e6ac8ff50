import { expect, open, PEOPLE, test, type Page } from "../support/fixtures.js";
import { fillSignIn, hydrated, row, rows, trace } from "../support/pages.js";
import { root } from "../support/rows.mjs";
import { PASSWORD } from "../support/server.mjs";

const views = (page: Page) => page.getByRole("navigation", { name: "Views" });
const tab = (page: Page, name: string) => views(page).getByRole("link", { name, exact: true });
const menu = (page: Page) => page.getByRole("dialog", { name: "Views" });
const filter = (page: Page) => page.getByRole("textbox", { name: "Filter" });

async function openMenu(page: Page): Promise<void> {
  await views(page).getByRole("button", { name: "All views" }).click();
  await expect(menu(page).getByRole("button", { name: "Save as…" })).toBeVisible();
}

async function saveAs(page: Page, name: string, shared = true): Promise<void> {
  await openMenu(page);
  await menu(page).getByRole("button", { name: "Save as…" }).click();
  await menu(page).getByLabel("Name").fill(name);
  await menu(page).getByRole("checkbox", { name: "Shared with the project" }).setChecked(shared);
  await menu(page).getByRole("button", { name: "Save view" }).click();
  await expect(tab(page, name)).toHaveAttribute("aria-current", "true");
  await expect(menu(page)).toBeHidden();
}

test("a view is saved, and a second person opens its link through signing in", async ({ installation, project, reviewer, stranger }) => {
  const wanted = root(project.id, { tags: ["Triage"] });
  await installation.sendTraces([wanted, root(project.id), root(project.id)]);
  await open(reviewer, project.page("logs"));
  await expect(rows(reviewer)).toHaveCount(3);
  await filter(reviewer).fill("tags includes 'Triage'");
  await filter(reviewer).press("Enter");
  await expect(rows(reviewer)).toHaveCount(1);
  await expect(tab(reviewer, "All (changed)")).toBeVisible();
  await saveAs(reviewer, "To triage");
  expect([...new URL(reviewer.url()).searchParams.keys()]).toEqual(["view"]);

  await stranger.goto(reviewer.url());
  await expect(stranger).toHaveURL(/\/login/);
  await fillSignIn(stranger, PEOPLE.colleague.email, PASSWORD);
  await hydrated(stranger);
  await expect(tab(stranger, "To triage")).toHaveAttribute("aria-current", "true");
  await expect(filter(stranger)).toHaveValue("tags includes 'Triage'");
  await expect(rows(stranger)).toHaveCount(1);
  await expect(row(stranger, wanted.id)).toBeVisible();

  // Another name leaves the link what it is, and everybody who has it open is told.
  await openMenu(reviewer);
  await menu(reviewer).getByRole("button", { name: "Rename" }).click();
  await menu(reviewer).getByLabel("Name").fill("Triaged");
  await menu(reviewer).getByRole("button", { name: "Rename view" }).click();
  await expect(tab(reviewer, "Triaged")).toBeVisible();
  await expect(tab(stranger, "Triaged")).toBeVisible();
});

test("a changed view says so, is sent as it is, saved and reset", async ({ installation, project, reviewer, viewer }) => {
  await installation.sendTraces([root(project.id, { tags: ["a"] }), root(project.id, { tags: ["a", "b"] }), root(project.id)]);
  await open(reviewer, project.page("logs?filter=" + encodeURIComponent("tags includes 'a'")));
  await saveAs(reviewer, "Tagged");
  const link = reviewer.url();
  await filter(reviewer).fill("tags includes 'b'");
  await filter(reviewer).press("Enter");
  await expect(tab(reviewer, "Tagged (changed)")).toBeVisible();
  await expect(rows(reviewer)).toHaveCount(1);
  // What is not saved stands in the address, and can be sent.
  await open(viewer, reviewer.url());
  await expect(rows(viewer)).toHaveCount(1);
  await expect(tab(viewer, "Tagged (changed)")).toBeVisible();
  // Whoever may not save is offered nothing of it.
  await views(viewer).getByRole("button", { name: "All views" }).click();
  await expect(menu(viewer).getByRole("button", { name: "Reset" })).toBeVisible();
  await expect(menu(viewer).getByRole("button", { name: "Save as…" })).toHaveCount(0);
  await menu(viewer).getByRole("button", { name: "Reset" }).click();
  await expect(rows(viewer)).toHaveCount(2);

  // Nothing at all is a change, too.
  await reviewer.getByRole("link", { name: "Clear" }).click();
  await expect(rows(reviewer)).toHaveCount(3);
  await expect(tab(reviewer, "Tagged (changed)")).toBeVisible();
  await reviewer.goBack();
  await expect(rows(reviewer)).toHaveCount(1);
  await openMenu(reviewer);
  await expect(menu(reviewer)).toContainText("filter tags includes 'b'");
  await menu(reviewer).getByRole("button", { name: "Save", exact: true }).click();
  await expect(tab(reviewer, "Tagged")).toBeVisible();
  await expect(reviewer).toHaveURL(link);
  await expect(rows(reviewer)).toHaveCount(1);
});

test("a deleted view's link shows its last state and says so, and a private one is nobody else's", async ({ installation, project, reviewer, engineer }) => {
  await installation.sendTraces([root(project.id, { tags: ["a"] }), root(project.id)]);
  await open(reviewer, project.page("logs?filter=" + encodeURIComponent("tags includes 'a'")));
  await saveAs(reviewer, "Mine", false);
  const link = reviewer.url();
  await open(engineer, link);
  await expect(engineer.getByRole("status").filter({ hasText: "no such view" })).toBeVisible();
  await expect(rows(engineer)).toHaveCount(2);
  await expect(engineer.getByText("Mine")).toHaveCount(0);

  await openMenu(reviewer);
  await menu(reviewer).getByRole("checkbox", { name: "Shared" }).check();
  await engineer.reload();
  await hydrated(engineer);
  await expect(tab(engineer, "Mine")).toBeVisible();
  await menu(reviewer).getByRole("button", { name: "Delete" }).click();
  await expect(menu(reviewer).getByRole("status").filter({ hasText: "was deleted" })).toBeVisible();
  await open(engineer, link);
  await expect(engineer.getByRole("status").filter({ hasText: "The view Mine was deleted. This is its last state." })).toBeVisible();
  await expect(rows(engineer)).toHaveCount(1);
  await menu(reviewer).getByRole("button", { name: "Undo" }).click();
  await expect(menu(reviewer).getByRole("button", { name: "Delete" })).toBeVisible();
  await open(engineer, link);
  await expect(engineer.getByRole("status").filter({ hasText: "was deleted" })).toHaveCount(0);
});

test("every project has views, and an engineer says what is shown first", async ({ installation, project, engineer, viewer }) => {
  const failed = root(project.id, { error: "gone" });
  await installation.sendTraces([failed, root(project.id)]);
  await open(engineer, project.page("logs"));
  await expect(views(engineer).getByRole("link")).toHaveText(["All", "Errors", "Unreviewed", "Assigned to me"]);
  await tab(engineer, "Errors").click();
  await expect(rows(engineer)).toHaveCount(1);
  await saveAs(engineer, "Failures");
  await openMenu(engineer);
  await menu(engineer).getByRole("button", { name: "Make default" }).click();
  await expect(menu(engineer).getByRole("button", { name: "Not the default" })).toBeVisible();
  await open(viewer, project.page("logs"));
  await expect(tab(viewer, "Failures")).toHaveAttribute("aria-current", "true");
  await expect(row(viewer, failed.id)).toBeVisible();
  await tab(viewer, "All").click();
  await expect(rows(viewer)).toHaveCount(2);
});

test("the rows come in the order of a column, one goes through them in it, and a view keeps it", async ({ installation, project, reviewer }) => {
  const scored = [0.5, 0.9, 0.1].map((score) => root(project.id, { scores: { Quality: score } }));
  await installation.sendTraces([...scored, root(project.id)]);
  await open(reviewer, project.page("logs"));
  const head = reviewer.getByRole("columnheader", { name: "Quality" });
  const order = () => rows(reviewer).evaluateAll((rows) => rows.map((row) => row.getAttribute("data-row-id")));
  await expect(reviewer.getByRole("columnheader", { name: "Created" })).toHaveAttribute("aria-sort", "descending");
  await head.getByRole("link").focus();
  await reviewer.keyboard.press("Enter");
  await expect(head).toHaveAttribute("aria-sort", "descending");
  await expect.poll(async () => (await order()).slice(0, 3)).toEqual([scored[1]!.id, scored[0]!.id, scored[2]!.id]);
  await head.getByRole("link").click();
  await expect(head).toHaveAttribute("aria-sort", "ascending");
  await expect.poll(async () => (await order()).slice(0, 3)).toEqual([scored[2]!.id, scored[0]!.id, scored[1]!.id]);

  // What arrives takes its place.
  const between = root(project.id, { scores: { Quality: 0.3 } });
  await installation.sendTraces([between]);
  await expect.poll(async () => (await order())[1]).toBe(between.id);

  await row(reviewer, scored[2]!.id).getByRole("link").click();
  await expect(trace(reviewer)).toBeVisible();
  await reviewer.keyboard.press("j");
  await expect(reviewer).toHaveURL(new RegExp(`r=${between.root_span_id}`));
  await reviewer.keyboard.press("j");
  await expect(reviewer).toHaveURL(new RegExp(`r=${scored[0]!.root_span_id}`));
  await reviewer.keyboard.press("Escape");
  await saveAs(reviewer, "Worst first");
  await expect(head).toHaveAttribute("aria-sort", "ascending");
  await head.getByRole("link").click();
  await expect(tab(reviewer, "Worst first (changed)")).toBeVisible();
  await expect(reviewer.getByRole("columnheader", { name: "Created" })).toHaveAttribute("aria-sort", "descending");
});

test("views on a phone and without JavaScript", async ({ browser, installation, project, reviewer }) => {
  await installation.sendTraces([root(project.id, { error: "gone" }), root(project.id)]);
  await reviewer.setViewportSize({ width: 390, height: 844 });
  await open(reviewer, project.page("logs"));
  await tab(reviewer, "Errors").click();
  await expect(rows(reviewer)).toHaveCount(1);
  await openMenu(reviewer);
  expect(await reviewer.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);

  const page = await installation.browserOf(browser, "viewer", { javaScriptEnabled: false });
  await page.goto(project.page("logs"));
  await tab(page, "Errors").click();
  await expect(rows(page)).toHaveCount(1);
  await page.getByRole("columnheader", { name: "Duration" }).getByRole("link").click();
  await expect(page.getByRole("columnheader", { name: "Duration" })).toHaveAttribute("aria-sort", "descending");
  await page.context().close();
});
