import { expect, Installation, open, PASSWORD, PEOPLE, test, type Page, type Project } from "../support/fixtures.js";
import { cut, fillSignIn, hydrated, question, saved } from "../support/pages.js";
import { make, TEXT } from "../support/questions.js";
import { answerWithOption, answerWithSlider, unfoldForm, whenCardShows } from "../support/review.js";
import { root } from "../support/rows.mjs";

/** A project with two questions and two traces. */
async function asked(installation: Installation, project: Project) {
  await installation.slider(project, "Preference");
  await installation.choice(project, "Resolution", { "Not resolved": 0, Partly: 0.4, Resolved: 1 });
  // The newest stands first in the list, whatever the clock's steps.
  const [first, second] = [root(project.id, { name: "first" }), root(project.id, { name: "second", created: new Date(Date.now() - 60_000) })];
  await installation.sendTraces([first, second]);
  const address = (sent: { root_span_id: string }) => project.page(`logs?r=${sent.root_span_id}`);
  return { first, second, address };
}

const onlyHere = (page: Page) => page.getByRole("status").filter({ hasText: "Only on this device" });
const choose = (page: Page, name: string, option: string) => question(page, name).getByRole("radio", { name: new RegExp(`^${option}`) }).check({ force: true });

/** What changed a row, oldest first: "scores.Preference 0.8". */
async function changes(installation: Installation, project: Project, id: string): Promise<string[]> {
  const { objects } = await installation.call("GET", `/v1/activity?object_type=project_logs&object_id=${project.id}&id=${id}`);
  return objects.map((entry: { path: string; to: unknown }) => `${entry.path} ${JSON.stringify(entry.to)}`).reverse();
}

test("what is said without a connection is kept, in order, and arrives once", async ({ installation, project, reviewer, engineer, watch }) => {
  watch.allow(/ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED/);
  const { first, address } = await asked(installation, project);
  await open(engineer, project.page("logs"));
  await open(reviewer, address(first));
  await reviewer.context().setOffline(true);
  await choose(reviewer, "Resolution", "Partly");
  await expect(onlyHere(reviewer)).toBeVisible();
  await expect(reviewer.getByText("No connection. What you said is kept")).toBeVisible();
  await choose(reviewer, "Resolution", "Resolved");
  await reviewer.getByRole("textbox", { name: "Add a comment" }).fill("said **offline**");
  await reviewer.keyboard.press("Control+Enter");
  await expect(reviewer.getByRole("region", { name: "Activity" })).toContainText("said **offline**");
  await expect(question(reviewer, "Resolution").getByRole("radio", { name: /^Resolved/ })).toBeChecked();

  await reviewer.context().setOffline(false);
  await expect(saved(reviewer)).toBeVisible({ timeout: 20_000 });
  await whenCardShows(engineer, "Resolution", "100.0", 1);
  // Of two answers to one question the last is sent.
  await expect.poll(() => changes(installation, project, first.id)).toHaveLength(2);
  expect((await changes(installation, project, first.id)).slice(0, 1)).toEqual(['scores.Resolution "Resolved"']);
  // Now the server has drawn it.
  await expect(reviewer.getByRole("region", { name: "Activity" }).locator("strong", { hasText: "offline" })).toBeVisible();
});

test("of many steps without a connection one answer to each question arrives, and each step is taken back", async ({ installation, project, reviewer, watch }) => {
  watch.allow(/ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED/);
  const { first, address } = await asked(installation, project);
  await make(installation, project, "Reason", TEXT);
  await open(reviewer, address(first));
  const slider = question(reviewer, "Preference").getByRole("slider");
  const reason = question(reviewer, "Reason").getByRole("textbox");
  await reviewer.context().setOffline(true);
  await slider.focus();
  for (const step of ["8", "ArrowRight", "ArrowRight", "Shift+ArrowLeft"]) await reviewer.keyboard.press(step);
  await expect(slider).toHaveValue("72");
  await choose(reviewer, "Resolution", "Partly");
  await choose(reviewer, "Resolution", "Resolved");
  await choose(reviewer, "Resolution", "Not resolved");
  // Leaving the field saves what is typed.
  for (const words of ["It", " was", " rude"]) {
    await reason.pressSequentially(words);
    await reason.blur();
  }
  await expect(reviewer.getByText("3 things you said are kept in this browser")).toBeVisible();
  expect(await changes(installation, project, first.id)).toEqual([]);

  await reviewer.context().setOffline(false);
  await expect(saved(reviewer)).toBeVisible({ timeout: 20_000 });
  await expect.poll(() => changes(installation, project, first.id)).toHaveLength(3);
  const arrived = await changes(installation, project, first.id);
  expect(arrived.sort()).toEqual(['answers.Reason "It was rude"', "scores.Preference 0.72", 'scores.Resolution "Not resolved"']);

  // The person did more than arrived, and takes back what they did.
  for (const left of ["It was", "It", ""]) {
    await reviewer.keyboard.press("z");
    await expect(reason).toHaveValue(left);
  }
  for (const left of ["Resolved", "Partly"]) {
    await reviewer.keyboard.press("z");
    await expect(question(reviewer, "Resolution").getByRole("radio", { name: new RegExp(`^${left}`) })).toBeChecked();
  }
  await reviewer.keyboard.press("z");
  await expect(question(reviewer, "Resolution").getByRole("radio", { checked: true })).toHaveCount(0);
  await reviewer.keyboard.press("z");
  await expect(slider).toHaveAttribute("aria-valuetext", "not answered");
  await expect(saved(reviewer)).toBeVisible();
  const { objects } = await installation.call("GET", `/v1/answer?object_type=project_logs&object_id=${project.id}&id=${first.id}`);
  expect(objects).toEqual([]);
  installation.server.verify();
});

test("what could not be sent is sent after a reload, once", async ({ installation, project, reviewer, watch }) => {
  watch.allow(/ERR_FAILED/);
  const { first, second, address } = await asked(installation, project);
  await open(reviewer, address(first));
  const mend = await cut(reviewer);
  await choose(reviewer, "Resolution", "Partly");
  await expect(onlyHere(reviewer)).toBeVisible();
  await reviewer.reload();
  await hydrated(reviewer);
  // It stands on the page although the server has never heard of it.
  await expect(question(reviewer, "Resolution").getByRole("radio", { name: /^Partly/ })).toBeChecked();
  await expect(onlyHere(reviewer)).toBeVisible();

  // A page on which nothing is open says so, too, and sends it.
  await open(reviewer, project.page("logs"));
  await expect(onlyHere(reviewer)).toBeVisible();
  mend();
  await expect.poll(() => changes(installation, project, first.id), { timeout: 20_000 }).toEqual(['scores.Resolution "Partly"']);
  await expect(onlyHere(reviewer)).toBeHidden();
  await open(reviewer, address(second));
  await open(reviewer, address(first));
  await expect(question(reviewer, "Resolution").getByRole("radio", { name: /^Partly/ })).toBeChecked();
  expect(await changes(installation, project, first.id)).toHaveLength(1);
});

test("two tabs of one person do not send anything twice", async ({ installation, project, reviewer, watch }) => {
  watch.allow(/ERR_FAILED/);
  const { first, second, address } = await asked(installation, project);
  const other = await reviewer.context().newPage();
  await open(reviewer, address(first));
  await open(other, address(second));
  const mend = [await cut(reviewer), await cut(other)];
  await choose(reviewer, "Resolution", "Partly");
  await choose(other, "Resolution", "Resolved");
  await expect(onlyHere(reviewer)).toBeVisible();
  await expect(onlyHere(other)).toBeVisible();
  // This tab finds in the browser what the other one said.
  await reviewer.reload();
  await hydrated(reviewer);
  for (const each of mend) each();
  await expect(saved(other)).toBeVisible({ timeout: 20_000 });
  await expect(onlyHere(reviewer)).toBeHidden({ timeout: 20_000 });
  await expect.poll(() => changes(installation, project, first.id)).toEqual(['scores.Resolution "Partly"']);
  await expect.poll(() => changes(installation, project, second.id)).toEqual(['scores.Resolution "Resolved"']);
  await other.close();
});

test("what is said after the session has ended is sent after signing in again", async ({ installation, project, browser, watch }) => {
  watch.allow(/status of 401/);
  const { first, address } = await asked(installation, project);
  const context = await browser.newContext({ baseURL: installation.origin });
  const page = await context.newPage();
  await watch.over(page);
  await page.goto(address(first));
  await fillSignIn(page, PEOPLE.reviewer.email, PASSWORD);
  await hydrated(page);
  await expect(question(page, "Resolution")).toBeVisible();
  const cookies = await context.cookies();
  await context.clearCookies();
  await choose(page, "Resolution", "Partly");
  await expect(onlyHere(page)).toBeVisible();
  await expect(page.getByText("You are signed out. What you said is kept")).toBeVisible();

  // Somebody else who signs in on this device does not say it in their place.
  const other = await context.newPage();
  await other.goto("/login");
  await fillSignIn(other, PEOPLE.colleague.email, PASSWORD);
  await expect(other).not.toHaveURL(/login/);
  await page.waitForTimeout(1_500);
  expect(await changes(installation, project, first.id)).toEqual([]);
  await context.clearCookies();
  await context.addCookies(cookies);
  await expect.poll(() => changes(installation, project, first.id), { timeout: 20_000 }).toEqual(['scores.Resolution "Partly"']);
  const { objects } = await installation.call("GET", `/v1/answer?object_type=project_logs&object_id=${project.id}&id=${first.id}`);
  expect(objects.map((answer: { reviewer: { email: string } }) => answer.reviewer.email)).toEqual([PEOPLE.reviewer.email]);
  await context.close();
});

test("what the server does not take is shown until the person decides", async ({ installation, project, reviewer, watch }) => {
  watch.allow(/ERR_FAILED|status of 4/);
  const { first, address } = await asked(installation, project);
  await open(reviewer, address(first));
  const mend = await cut(reviewer);
  await choose(reviewer, "Resolution", "Partly");
  await expect(onlyHere(reviewer)).toBeVisible();
  const { objects } = await installation.call("GET", `/v1/project_score?project_id=${project.id}&project_score_name=Resolution`);
  await installation.call("DELETE", `/v1/project_score/${objects[0].id}`);
  mend();
  const notice = reviewer.getByRole("alert").filter({ hasText: "Not saved: Resolution: Partly" });
  await expect(notice).toBeVisible({ timeout: 20_000 });
  await expect(notice).toContainText("archived");
  // It is still there after a reload, and gone when it is given up.
  await reviewer.reload();
  await hydrated(reviewer);
  await expect(notice).toBeVisible();
  await notice.getByRole("button", { name: "Discard" }).click();
  await expect(notice).toBeHidden();
  await reviewer.reload();
  await hydrated(reviewer);
  await expect(question(reviewer, "Preference")).toBeVisible();
  await expect(notice).toBeHidden();
});

test("the last action is taken back by its toast and by key, also after moving on", async ({ installation, project, reviewer, engineer }) => {
  const { first, second, address } = await asked(installation, project);
  await open(engineer, project.page("logs"));
  await open(reviewer, address(first));
  await answerWithOption(reviewer, "Resolution", "Partly");
  await answerWithOption(reviewer, "Resolution", "Resolved");
  await whenCardShows(engineer, "Resolution", "100.0", 1);
  const toast = reviewer.getByRole("group", { name: "Last action" });
  await expect(toast).toContainText("Resolution: Resolved");
  await toast.getByRole("button", { name: "Undo" }).click();
  await whenCardShows(engineer, "Resolution", "40.0", 1);
  await expect(question(reviewer, "Resolution").getByRole("radio", { name: /^Partly/ })).toBeChecked();

  await answerWithSlider(reviewer, "Preference", 80);
  await whenCardShows(engineer, "Preference", "80.0", 1);
  await reviewer.getByRole("combobox", { name: "Add a tag" }).focus();
  await reviewer.keyboard.press("Escape");
  await reviewer.keyboard.press("j");
  await expect(reviewer).toHaveURL(new RegExp(second.root_span_id));
  await reviewer.keyboard.press("z");
  await expect.poll(async () => (await installation.call("GET", `/v1/summary?object_type=project_logs&object_id=${project.id}`)).scores.Preference).toBeUndefined();
  await reviewer.keyboard.press("Control+z");
  await expect.poll(async () => (await installation.call("GET", `/v1/summary?object_type=project_logs&object_id=${project.id}`)).scores.Resolution).toBeUndefined();
  await open(reviewer, address(first));
  for (const radio of await question(reviewer, "Resolution").getByRole("radio").all()) await expect(radio).not.toBeChecked();
});

test("a request that is never answered is given up and sent again", async ({ installation, project, reviewer }) => {
  const { first, address } = await asked(installation, project);
  await reviewer.clock.install();
  await open(reviewer, address(first));
  let held = 0;
  await reviewer.route("**/fn/commands/run", (route) => {
    held += 1;
    // The first one is neither answered nor refused.
    if (held > 1) return route.continue();
  });
  await choose(reviewer, "Resolution", "Partly");
  await expect.poll(() => held).toBe(1);
  await reviewer.clock.fastForward(10_000);
  await expect(onlyHere(reviewer)).toBeVisible();
  expect(await changes(installation, project, first.id)).toHaveLength(0);
  await reviewer.clock.fastForward(60_000);
  await expect.poll(() => changes(installation, project, first.id)).toEqual(['scores.Resolution "Partly"']);
  await expect(saved(reviewer)).toBeVisible();
  await reviewer.unrouteAll({ behavior: "ignoreErrors" });
});

/** How many commands lie in the browser, whoever said them. */
const kept = (page: Page) =>
  page.evaluate(async () => {
    const count = (name: string) =>
      new Promise<number>((resolve, reject) => {
        const opening = indexedDB.open(name);
        opening.onerror = reject;
        opening.onsuccess = () => {
          const asked = opening.result.transaction("commands").objectStore("commands").count();
          asked.onerror = reject;
          asked.onsuccess = () => (opening.result.close(), resolve(asked.result));
        };
      });
    const journals = (await indexedDB.databases()).map(({ name }) => name ?? "").filter((name) => name.startsWith("touchstone-journal"));
    return (await Promise.all(journals.map(count))).reduce((sum, one) => sum + one, 0);
  });

test("what is said in two tabs arrives in the order in which it was said", async ({ installation, project, reviewer, watch }) => {
  watch.allow(/ERR_FAILED/);
  const { first, address } = await asked(installation, project);
  const other = await reviewer.context().newPage();
  await open(reviewer, address(first));
  await open(other, address(first));
  const mend = [await cut(reviewer), await cut(other)];
  await choose(reviewer, "Resolution", "Partly");
  await expect(onlyHere(reviewer)).toBeVisible();
  await choose(other, "Resolution", "Resolved");
  await expect(onlyHere(other)).toBeVisible();
  // The tab that spoke last is the first to get through, and sends what was said before it, too.
  mend[1]!();
  await expect(saved(other)).toBeVisible({ timeout: 20_000 });
  mend[0]!();
  await expect(onlyHere(reviewer)).toBeHidden({ timeout: 20_000 });
  await expect.poll(() => changes(installation, project, first.id)).toEqual(['scores.Resolution "Partly"', 'scores.Resolution "Resolved"']);
  for (const page of [reviewer, other]) await expect(question(page, "Resolution").getByRole("radio", { name: /^Resolved/ })).toBeChecked();
  await other.close();
});

test("nothing that was sent stays behind, and of fifty answers in a row the last counts", async ({ installation, project, reviewer }) => {
  const { first, address } = await asked(installation, project);
  await open(reviewer, address(first));
  // At once, without waiting for the page's own beginnings.
  await choose(reviewer, "Resolution", "Partly");
  await expect(saved(reviewer)).toBeVisible();
  await expect.poll(() => kept(reviewer)).toBe(0);
  const options = ["Not resolved", "Partly", "Resolved"];
  const said = Array.from({ length: 50 }, (_, number) => options[(number + 2) % 3]!);
  for (const option of said) await choose(reviewer, "Resolution", option);
  // Those that had to wait gave their place to the next.
  await expect.poll(() => kept(reviewer), { timeout: 20_000 }).toBe(0);
  await expect(saved(reviewer)).toBeVisible();
  const arrived = await changes(installation, project, first.id);
  expect(arrived.length).toBeLessThanOrEqual(51);
  expect(arrived.at(-1)).toEqual(`scores.Resolution "${said.at(-1)}"`);
});

test("what a proxy refuses in the server's place does not hold up the rest", async ({ installation, project, reviewer, watch }) => {
  watch.allow(/status of 413/);
  const { first, address } = await asked(installation, project);
  await reviewer.clock.install();
  await open(reviewer, address(first));
  await reviewer.route("**/fn/commands/run", (route) => {
    if (route.request().postData()?.includes("far too long")) return route.fulfill({ status: 413, contentType: "text/html", body: "<h1>413</h1>" });
    return route.continue();
  });
  await reviewer.getByRole("textbox", { name: "Add a comment" }).fill("far too long for the proxy");
  await reviewer.keyboard.press("Control+Enter");
  await choose(reviewer, "Resolution", "Partly");
  await expect(onlyHere(reviewer)).toBeVisible();
  const notice = reviewer.getByRole("alert").filter({ hasText: "Not saved" });
  for (let tries = 0; tries < 30 && !(await notice.isVisible()); tries += 1) {
    await reviewer.clock.fastForward(10_000);
    await reviewer.waitForTimeout(50);
  }
  await expect(notice).toContainText("answered in its place");
  await expect(notice.getByRole("textbox", { name: "What you wrote" })).toHaveValue("far too long for the proxy");
  await expect.poll(() => changes(installation, project, first.id)).toEqual(['scores.Resolution "Partly"']);
  await notice.getByRole("button", { name: "Discard" }).click();
  await expect(notice).toBeHidden();
  // What never happened is not taken back; what did is.
  await reviewer.getByRole("textbox", { name: "Add a comment" }).blur();
  await reviewer.keyboard.press("z");
  await expect.poll(() => changes(installation, project, first.id)).toEqual(['scores.Resolution "Partly"', "scores.Resolution null"]);
  await reviewer.unrouteAll({ behavior: "ignoreErrors" });
});

test("what the server cannot store right now waits and arrives once, in order", async ({ installation, project, reviewer, watch }) => {
  watch.allow(/status of 50[03]/);
  const { first, address } = await asked(installation, project);
  await open(reviewer, address(first));
  const failures = [
    { status: 503, json: "unavailable" },
    { status: 500, json: { problem: { internal: { request_id: "r1" } } } },
    { status: 503, json: "unavailable" },
  ];
  await reviewer.route("**/fn/commands/run", (route) => {
    const failure = failures.shift();
    return failure ? route.fulfill(failure) : route.continue();
  });
  await choose(reviewer, "Resolution", "Partly");
  await expect(onlyHere(reviewer)).toBeVisible();
  await choose(reviewer, "Resolution", "Resolved");
  await expect
    .poll(() => changes(installation, project, first.id), { timeout: 20_000 })
    .toEqual(['scores.Resolution "Partly"', 'scores.Resolution "Resolved"']);
  await expect(saved(reviewer)).toBeVisible();
  await expect(reviewer.getByRole("alert").filter({ hasText: "Not saved" })).toBeHidden();
});

test("an answer whose reply is lost arrives once, also when the server is killed meanwhile", async ({ database, browser, watch }) => {
  test.setTimeout(120_000);
  watch.allow(/ERR_FAILED|ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY_RESPONSE|ERR_NETWORK|Failed to fetch/i);
  const installation = await Installation.start(database);
  try {
    const project = await installation.project();
    const { first, address } = await asked(installation, project);
    const page = await installation.browserOf(browser, "reviewer", {});
    await watch.over(page);
    await open(page, address(first));
    // The server does what it is asked, and the page never hears of it.
    const mend = await cut(page, async (route) => {
      mend();
      await route.fetch();
      await installation.server.restart("SIGKILL");
      await route.abort();
    });
    await choose(page, "Resolution", "Partly");
    await choose(page, "Resolution", "Resolved");
    await expect(saved(page)).toBeVisible({ timeout: 40_000 });
    expect(await changes(installation, project, first.id)).toEqual(['scores.Resolution "Partly"', 'scores.Resolution "Resolved"']);
    await page.reload();
    await hydrated(page);
    await expect(question(page, "Resolution").getByRole("radio", { name: /^Resolved/ })).toBeChecked();
    await watch.close(page);
  } finally {
    await installation.server.remove();
  }
});

test("a browser that keeps nothing sends what is said, and in order after an interruption", async ({ installation, project, reviewer, watch }) => {
  watch.allow(/ERR_FAILED/);
  const { first, address } = await asked(installation, project);
  // A private window, or a full disk.
  await reviewer.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException("no space", "QuotaExceededError");
    };
  });
  await open(reviewer, address(first));
  await choose(reviewer, "Resolution", "Not resolved");
  await expect(saved(reviewer)).toBeVisible();
  const restore = await cut(reviewer);
  await choose(reviewer, "Resolution", "Partly");
  await choose(reviewer, "Resolution", "Resolved");
  restore();
  await expect
    .poll(() => changes(installation, project, first.id), { timeout: 20_000 })
    .toEqual(['scores.Resolution "Not resolved"', 'scores.Resolution "Partly"', 'scores.Resolution "Resolved"']);
  await expect(saved(reviewer)).toBeVisible();
});

const PAGES = ["logs", "experiments", "datasets", "activity", "home", "inbox", "configuration", "configuration/tags", "configuration/account"];

for (const [where, viewport] of Object.entries({ "a wide screen": { width: 1440, height: 900 }, "a phone": { width: 390, height: 844 } })) {
  test(`on ${where} every page says what is not with the server`, async ({ installation, project, reviewer, watch }) => {
    watch.allow(/ERR_FAILED/);
    await reviewer.setViewportSize(viewport);
    const { first, address } = await asked(installation, project);
    await open(reviewer, address(first));
    await unfoldForm(reviewer);
    const mend = await cut(reviewer);
    await choose(reviewer, "Resolution", "Partly");
    await expect(onlyHere(reviewer)).toBeInViewport();
    for (const page of [...PAGES.map((page) => project.page(page)), "/app/touchstone"]) {
      await open(reviewer, page);
      await expect(onlyHere(reviewer)).toBeInViewport({ ratio: 1 });
    }
    // The rest is told where there is room for it, or when it is asked for.
    const told = reviewer.getByText("No connection. What you said is kept in this browser");
    if (viewport.width < 721) {
      await expect(told).toBeHidden();
      await reviewer.getByRole("button", { name: "More" }).click();
    }
    await expect(told).toContainText("do not reload before that");
    await expect(told).toBeInViewport({ ratio: 1 });
    mend();
    await expect(onlyHere(reviewer)).toBeHidden({ timeout: 20_000 });
    await expect.poll(() => changes(installation, project, first.id)).toEqual(['scores.Resolution "Partly"']);
  });

  test(`on ${where} nothing moves or is covered when something is not saved`, async ({ installation, project, reviewer, watch }) => {
    watch.allow(/ERR_FAILED|status of 4/);
    await reviewer.setViewportSize(viewport);
    const { first, address } = await asked(installation, project);
    await open(reviewer, address(first));
    await unfoldForm(reviewer);
    await answerWithOption(reviewer, "Resolution", "Resolved");
    await expect(reviewer.getByRole("region", { name: "Activity" })).toContainText("set Resolution to Resolved");
    const field = reviewer.getByRole("textbox", { name: "Add a comment" });
    await field.focus();
    await reviewer.keyboard.type("I am writing");
    const places = () =>
      reviewer.locator("article.trace :is(input, textarea, h2, h3, label)").evaluateAll((elements) =>
        elements.map((element) => {
          const { x, y, width, height } = element.getBoundingClientRect();
          return [element.tagName, x, y, width, height].join(" ");
        }),
      );
    const before = await places();
    const mend = await cut(reviewer);
    await reviewer.evaluate(() => {
      // The focus stays in the text.
      const label = [...document.querySelectorAll("label")].find((label) => label.textContent?.includes("Partly"));
      label?.querySelector("input")?.click();
    });
    await expect(onlyHere(reviewer)).toBeVisible();
    const [notice, text] = [(await reviewer.locator(".not-saved").boundingBox())!, (await field.boundingBox())!];
    expect(await places()).toEqual(before);
    const apart = notice.y >= text.y + text.height || text.y >= notice.y + notice.height || notice.x >= text.x + text.width || text.x >= notice.x + notice.width;
    expect(apart, "the notice covers what is being written").toBe(true);
    const { objects } = await installation.call("GET", `/v1/project_score?project_id=${project.id}&project_score_name=Resolution`);
    await installation.call("DELETE", `/v1/project_score/${objects[0].id}`);
    mend();
    await expect(reviewer.getByRole("status").filter({ hasText: "Not saved" })).toBeInViewport({ timeout: 20_000 });
    // Whatever page is open, what was refused is told in words and decided about.
    await open(reviewer, project.page("configuration"));
    if (viewport.width < 721) await reviewer.getByRole("button", { name: "More" }).click();
    const refused = reviewer.getByRole("alert").filter({ hasText: "Not saved: Resolution: Partly" });
    await expect(refused).toContainText("archived");
    await refused.getByRole("button", { name: "Discard" }).click();
    await expect(reviewer.getByRole("status").filter({ hasText: "Not saved" })).toBeHidden();
  });
}

test("a database that is away is not called a lost connection", async ({ installation, project, reviewer, watch }) => {
  watch.allow(/status of 503/);
  const { first, address } = await asked(installation, project);
  await open(reviewer, address(first));
  const mend = await cut(reviewer, (route) => route.fulfill({ status: 503, json: "unavailable" }));
  await choose(reviewer, "Resolution", "Partly");
  await expect(onlyHere(reviewer)).toBeVisible();
  await expect(reviewer.getByText("The server cannot use its database right now. What you said is kept")).toBeVisible();
  await expect(reviewer.getByText("No connection.")).toHaveCount(0);
  mend();
  await expect.poll(() => changes(installation, project, first.id), { timeout: 20_000 }).toEqual(['scores.Resolution "Partly"']);
});
