import { expect, test, type Page } from "../support/fixtures.js";
import { PEOPLE } from "../support/fixtures.js";
import { card, field, row, rows, signIn, tree } from "../support/pages.js";
import { child, many } from "../support/rows.mjs";

/** A browser that runs no script, signed in. */
const plain = test.extend<{ plain: Page }>({
  plain: async ({ browser, installation, watch }, use) => {
    const context = await browser.newContext({ baseURL: installation.origin, javaScriptEnabled: false, viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    await watch.over(page);
    await signIn(page, PEOPLE.viewer.email);
    await use(page);
    await watch.close(page);
  },
});

plain("signing in leads to the projects and on to the logs", async ({ installation, project, plain: page }) => {
  await installation.sendTraces(many(project.id, 2, (index) => ({ name: `request ${index}` })));
  await expect(page.getByRole("heading", { name: "Projects" })).toBeVisible();
  await page.getByRole("link", { name: project.name, exact: true }).click();
  await expect(page.getByRole("heading", { name: "Logs" })).toBeVisible();
  await expect(rows(page)).toHaveCount(2);
});

plain("the filter is a form", async ({ installation, project, plain: page }) => {
  const traces = many(project.id, 3, (index) => ({ output: `Answer ${index}`, scores: { Preference: index / 2 } }));
  await installation.sendTraces(traces);
  await page.goto(project.page("logs"));
  await expect(card(page, "Preference")).toContainText("50.0 %");
  await page.getByRole("textbox", { name: "Filter" }).fill("scores.Preference > 75%");
  await page.keyboard.press("Enter");
  await expect(rows(page)).toHaveCount(1);
  await expect(row(page, traces[2]!.id)).toContainText("Answer 2");
  await expect(page.getByRole("textbox", { name: "Filter" })).toHaveValue("scores.Preference > 75%");
});

plain("older traces are behind a link", async ({ installation, project, plain: page }) => {
  const traces = many(project.id, 130, (index) => ({ name: `request ${index}` }));
  await installation.sendTraces(traces);
  await page.goto(project.page("logs"));
  const seen = new Set<string>();
  for (let pages = 0; pages < 10; pages += 1) {
    for (const id of await rows(page).evaluateAll((elements) => elements.map((element) => element.getAttribute("data-row-id")))) seen.add(id!);
    const older = page.getByRole("link", { name: "Older" });
    if ((await older.count()) === 0) break;
    await older.click();
  }
  expect([...seen]).toEqual(traces.map((sent) => sent.id).reverse());
});

plain("a trace is read with its spans and fields", async ({ installation, project, plain: page }) => {
  const [top] = many(project.id, 1, () => ({ name: "answer_ticket", output: "It is **in Westhaven**.", metadata: { model: "gpt-4o-mini" } }));
  const call = child(top!, { name: "draft", output: "The output of the draft" });
  await installation.sendTraces([top!, call]);
  await page.goto(project.page("logs"));
  await row(page, top!.id).getByRole("link", { name: "answer_ticket" }).click();
  await expect(field(page, "Output").locator("strong")).toHaveText("in Westhaven");
  await expect(field(page, "Metadata")).toContainText("gpt-4o-mini");
  await tree(page).getByRole("link", { name: "draft" }).click();
  await expect(field(page, "Output")).toContainText("The output of the draft");
});

plain("the configuration can be read", async ({ installation, project, plain: page }) => {
  await installation.slider(project, "Preference");
  await page.goto(project.page("configuration"));
  await expect(page.getByRole("main")).toContainText("Preference");
  await page.getByRole("link", { name: "Tags", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Tags" })).toBeVisible();
});
