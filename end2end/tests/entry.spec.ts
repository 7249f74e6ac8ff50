import { expect, open, test } from "../support/fixtures.js";
import { PASSWORD, PEOPLE } from "../support/fixtures.js";
import { field, fillSignIn, hydrated, signIn, trace, tree } from "../support/pages.js";
import { child, root } from "../support/rows.mjs";
import { Server } from "../support/server.mjs";

test("the set-up link of an empty database makes the first owner, once", async ({ database, browser, watch }) => {
  test.setTimeout(90_000);
  const server = await Server.start(database);
  try {
    expect(server.setupLink).toContain(`${server.origin}/setup/`);
    const context = await browser.newContext({ baseURL: server.origin });
    const page = await context.newPage();
    await watch.over(page);
    await open(page, server.setupLink);
    await page.getByLabel("Name").fill("Olga Owner");
    await page.getByLabel("Email").fill("olga@example.com");
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Set up" }).click();
    await expect(page).toHaveURL(`${server.origin}/app/touchstone`);
    await hydrated(page);
    await expect(page.getByRole("heading", { name: "Projects", level: 1 })).toBeVisible();

    await page.getByRole("textbox", { name: "Name", exact: true }).fill("support-assistant");
    await page.getByRole("button", { name: "New project" }).click();
    await expect(page.getByRole("heading", { name: "Logs", level: 1 })).toBeVisible();

    watch.allow(/status of 4/);
    const second = await (await browser.newContext()).newPage();
    await watch.over(second);
    await second.goto(server.setupLink);
    await expect(second.getByRole("alert")).toContainText(/used|expired|not found/i);
    await expect(second.getByRole("button", { name: "Set up" })).toHaveCount(0);
    await watch.close(second);
    await watch.close(page);
  } finally {
    await server.remove();
  }
});

test("a wrong password is told, and the right one lets in", async ({ stranger }) => {
  await stranger.goto("/");
  await expect(stranger).toHaveURL(/\/login/);
  await fillSignIn(stranger, PEOPLE.viewer.email, "not the password");
  await expect(stranger).toHaveURL(/\/login/);
  await expect(stranger.getByText("The email or the password is wrong.")).toBeVisible();
  // What was typed stands in the form, and in no address that a proxy may write down.
  await expect(stranger.getByLabel("Email")).toHaveValue(PEOPLE.viewer.email);
  expect(decodeURIComponent(stranger.url())).not.toContain(PEOPLE.viewer.email);
  await signIn(stranger, PEOPLE.viewer.email);
  await expect(stranger.getByRole("heading", { name: "Projects", level: 1 })).toBeVisible();
});

test("a shared link leads through the sign-in page to the span", async ({ installation, project, stranger }) => {
  const top = root(project.id, { name: "answer_ticket" });
  const call = child(top, { name: "draft 100%25 & more", output: "The output of the draft" });
  await installation.sendTraces([top, call]);
  const link = project.page(`logs?r=${top.root_span_id}&s=${call.span_id}&filter=${encodeURIComponent("output like '%draft%'")}`);
  await stranger.goto(link);
  await expect(stranger).toHaveURL(/\/login/);
  await signIn(stranger, PEOPLE.viewer.email);
  await expect(stranger).toHaveURL(installation.origin + link);
  await hydrated(stranger);
  await expect(field(stranger, "Output")).toContainText("The output of the draft");
});

test("the links that SDKs print lead to the span", async ({ installation, project, viewer, stranger, watch }) => {
  watch.allow(/status of 404/);
  const top = root(project.id, { name: "answer_ticket" });
  const call = child(top, { name: "draft", output: "The output of the draft" });
  await installation.sendTraces([top, call]);
  const link = (id: string) => `/app/touchstone/object?object_type=project_logs&object_id=${project.id}&id=${id}`;
  await open(viewer, link(call.id));
  await expect(viewer).toHaveURL(new RegExp(`r=${top.root_span_id}`));
  await expect(trace(viewer)).toBeVisible();
  await expect(field(viewer, "Output")).toContainText("The output of the draft");
  await expect(tree(viewer).getByRole("link", { name: "draft" })).toHaveAttribute("aria-current", /true|page/);

  await stranger.goto(link(call.id));
  await expect(stranger).toHaveURL(/\/login/);
  await signIn(stranger, PEOPLE.reviewer.email);
  await hydrated(stranger);
  await expect(field(stranger, "Output")).toContainText("The output of the draft");

  const missing = await viewer.goto(link("no-such-row"));
  expect(missing?.status()).toBe(404);
  await expect(viewer.getByRole("heading").first()).toBeVisible();
});

test("signing out ends the session", async ({ project, stranger }) => {
  await signIn(stranger, PEOPLE.viewer.email);
  await open(stranger, project.page("configuration/account"));
  const cookies = await stranger.context().cookies();
  await stranger.getByRole("main").getByRole("button", { name: "Sign out" }).click();
  await expect(stranger).toHaveURL(/\/login/);
  // The server has forgotten the session, not only the browser its cookie.
  await stranger.context().addCookies(cookies);
  await stranger.goto(project.page("logs"));
  await expect(stranger).toHaveURL(/\/login/);
});

test("sessions are listed, and one ends another", async ({ installation, project, browser, stranger, watch }) => {
  const email = `two-${project.id}@example.com`;
  installation.server.addPerson(email, "Two Browsers", "viewer");
  await signIn(stranger, email);
  const context = await browser.newContext({ baseURL: installation.origin });
  const other = await context.newPage();
  await watch.over(other);
  await signIn(other, email);

  await open(stranger, project.page("configuration/account"));
  const main = stranger.getByRole("main");
  await expect(main.getByText("This browser")).toHaveCount(1);
  const end = main.getByRole("button", { name: /^End the session/ });
  await expect(end).toHaveCount(1);
  await end.click();
  await expect(end).toHaveCount(0);
  await expect(main.getByRole("status")).toContainText("Saved");
  await other.goto(project.page("logs"));
  await expect(other).toHaveURL(/\/login/);
  await stranger.reload();
  await expect(stranger).not.toHaveURL(/\/login/);
  await watch.close(other);
});

test("an address behind which there is nothing says so", async ({ project, viewer, stranger, watch }) => {
  watch.allow(/status of 404/);
  for (const address of ["/app/elsewhere", "/app/touchstone/p/no%20such%20project/logs", project.page("logs?r=no-such-trace")]) {
    await viewer.goto(address);
    await expect(viewer.getByText(/not found|no such|does not exist|there is no/i).first()).toBeVisible();
  }
  await stranger.goto("/nothing-here");
  await expect(stranger.getByText(/not found|no such|sign in/i).first()).toBeVisible();
});
