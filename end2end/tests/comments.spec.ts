import { expect, open, test, type Installation, type Locator, type Page, type Project } from "../support/fixtures.js";
import { PEOPLE } from "../support/fixtures.js";
import { fillSignIn, hydrated, trace } from "../support/pages.js";
import { root } from "../support/rows.mjs";
import { PASSWORD } from "../support/server.mjs";

/** A project with a trace of two spans. Comments go to the second. */
async function traced(installation: Installation, project: Project) {
  const top = root(project.id, { name: "answer_ticket" });
  const below = root(project.id, { name: "look_up_order", root_span_id: top.root_span_id, span_parents: [top.span_id] });
  await installation.sendTraces([top, below]);
  return { address: project.page(`logs?r=${top.root_span_id}&s=${below.span_id}`), below };
}

const field = (page: Page): Locator => page.getByLabel("Add a comment");
const activity = (page: Page): Locator => page.getByRole("region", { name: "Activity" });
const comment = (page: Page, text: string | RegExp): Locator => activity(page).getByRole("listitem").filter({ hasText: text });
const inbox = (page: Page): Locator => page.getByRole("navigation", { name: "Main", exact: true }).getByRole("link", { name: /^Inbox/ });

async function write(page: Page, text: string): Promise<void> {
  await field(page).fill(text);
  await field(page).press("Control+Enter");
  await expect(field(page)).toHaveValue("");
}

test("who is mentioned finds it in the inbox, and the link leads to the comment", async ({ installation, project, reviewer, engineer, stranger, context }) => {
  const { address } = await traced(installation, project);
  await open(engineer, project.page("logs"));
  await expect(inbox(engineer)).toHaveAccessibleName("Inbox");
  await open(reviewer, address);

  await reviewer.keyboard.press("c");
  await expect(field(reviewer)).toBeFocused();
  await reviewer.keyboard.type("Look, @e");
  const offered = reviewer.getByRole("listbox", { name: "Members" });
  await expect(offered.getByRole("option")).toHaveText([/Emil Engineer/]);
  await expect(field(reviewer)).toHaveAttribute("aria-activedescendant", "comment-members-0");
  await reviewer.keyboard.press("Escape");
  await expect(offered).toHaveCount(0);
  await expect(trace(reviewer)).toBeVisible();
  await reviewer.keyboard.press("Backspace");
  await expect(offered.getByRole("option")).toHaveCount(5);
  await reviewer.keyboard.press("ArrowDown");
  await expect(offered.getByRole("option", { selected: true })).toHaveText(/Emil Engineer/);
  await reviewer.keyboard.press("Enter");
  await expect(field(reviewer)).toHaveValue("Look, @Emil Engineer ");
  await reviewer.keyboard.type("the order is missing");
  await reviewer.keyboard.press("Control+Enter");
  await expect(comment(reviewer, "@Emil Engineer the order is missing").locator(".mention")).toHaveText("@Emil Engineer");

  await expect(inbox(engineer)).toHaveAccessibleName(/^Inbox\s*1 unread$/);
  await expect(inbox(reviewer)).toHaveAccessibleName("Inbox");
  await inbox(engineer).click();
  await expect(engineer.getByRole("heading", { name: "Inbox", level: 1 })).toBeVisible();
  const entry = engineer.getByRole("main").getByRole("link", { name: /^Unread: Rita Reviewer mentioned you on look_up_order in/ });
  await expect(entry).toContainText("Look, @Emil Engineer the order is missing");
  const link = await entry.getAttribute("href");
  await entry.click();
  const marked = engineer.locator("[aria-current='true']").filter({ hasText: "the order is missing" });
  await expect(marked).toBeInViewport();
  await expect(engineer).toHaveURL(/[?&]comment=[^#]+#comment-/);
  await expect(inbox(engineer)).toHaveAccessibleName("Inbox");

  // Somebody who has to sign in first comes to the same place.
  await stranger.goto(link!);
  await expect(stranger).toHaveURL(/\/login/);
  await fillSignIn(stranger, PEOPLE.colleague.email, PASSWORD);
  await hydrated(stranger);
  await expect(stranger.locator("[aria-current='true']").filter({ hasText: "the order is missing" })).toBeInViewport();
  await expect(trace(stranger)).toContainText("look_up_order");
});

test("one's own comment is changed and deleted, live and without taking the focus from others", async ({ installation, project, reviewer, engineer }) => {
  const { address } = await traced(installation, project);
  await open(reviewer, address);
  await open(engineer, address);
  await field(engineer).fill("I was about to say");
  await write(reviewer, "The parcel is **late**");
  await expect(comment(engineer, "The parcel is late")).toBeVisible();
  await expect(comment(engineer, "The parcel is late").getByRole("button")).toHaveText(["Copy link"]);

  await comment(reviewer, "The parcel is late").getByRole("button", { name: "Edit" }).click();
  const editor = activity(reviewer).getByLabel("Edit the comment");
  await expect(editor).toBeFocused();
  await expect(editor).toHaveValue("The parcel is **late**");
  await editor.fill("The parcel is **lost**");
  await activity(reviewer).getByRole("button", { name: "Save" }).click();
  for (const page of [reviewer, engineer]) await expect(comment(page, /edited.*The parcel is lost/)).toBeVisible();

  await comment(reviewer, "The parcel is lost").getByRole("button", { name: "Delete" }).click();
  for (const page of [reviewer, engineer]) {
    await expect(comment(page, "The parcel is lost").getByRole("button", { name: "Copy link" })).toHaveCount(0);
    await expect(activity(page)).toContainText("deleted a comment");
  }
  await expect(field(engineer)).toBeFocused();
  await expect(field(engineer)).toHaveValue("I was about to say");
});

test("a comment that was begun is there again, and one that is too long is kept", async ({ installation, project, reviewer }) => {
  const { address } = await traced(installation, project);
  const top = project.page(`logs?r=${new URL(address, "http://x").searchParams.get("r")}`);
  await open(reviewer, address);
  await field(reviewer).fill("half a thought");
  await reviewer.reload();
  await hydrated(reviewer);
  await expect(field(reviewer)).toHaveValue("half a thought");
  await open(reviewer, top);
  await expect(field(reviewer)).toHaveValue("");
  await open(reviewer, address);
  await field(reviewer).fill("x".repeat(1 << 20));
  await field(reviewer).press("Control+Enter");
  await expect(activity(reviewer).getByRole("alert")).toHaveText("Add a comment: Use at most 100,000 bytes; this has 1,048,576.");
  expect((await field(reviewer).inputValue()).length).toBe(1 << 20);
  await write(reviewer, "half a thought, finished");
  await reviewer.reload();
  await hydrated(reviewer);
  await expect(field(reviewer)).toHaveValue("");
  await expect(comment(reviewer, "half a thought, finished")).toBeVisible();
});

test("nothing in a comment runs or loads, and end users are no members", async ({ installation, project, reviewer, engineer }) => {
  const { address, below } = await traced(installation, project);
  const attack = [
    "<script>window.ran = 1</script><svg onload='window.ran=1'>",
    "<img src=x onerror='window.ran=1'> ![pixel](https://images.example/pixel.png) <img src='https://images.example/pixel.png'>",
    "[run](javascript:window.ran=1) [data](data:text/html,<script>window.ran=1</script>)",
    "[@Olga Owner](person:nobody) [plain](https://example.com)",
  ].join("\n\n");
  const loaded: string[] = [];
  engineer.on("request", (request) => loaded.push(new URL(request.url()).origin));
  await open(reviewer, address);
  await write(reviewer, attack);
  await installation.call("POST", `/v1/project_logs/${project.id}/feedback`, { feedback: [{ id: below.id, comment: attack, metadata: { user_id: "u7" } }] });
  await open(engineer, address);
  await expect(comment(engineer, "End user u7")).toBeVisible();
  for (const shown of [comment(engineer, "End user u7"), comment(engineer, PEOPLE.reviewer.name).first()]) {
    await expect(shown.locator(".note").locator("script, img, svg, .mention, [onerror], [onload]")).toHaveCount(0);
    await expect(shown.locator(".note a")).toHaveCount(2);
  }
  await expect(comment(engineer, "End user u7").getByRole("button")).toHaveText(["Copy link"]);
  expect(await engineer.evaluate(() => "ran" in window)).toBe(false);
  expect([...new Set(loaded)]).toEqual([installation.origin]);
});

test("a copied link leads to its comment, among many others", async ({ installation, project, reviewer, engineer }) => {
  const { address, below } = await traced(installation, project);
  const feedback = Array.from({ length: 41 }, (_, number) => ({ id: below.id, comment: `Remark number ${number}, of an end user.`, metadata: { user_id: "u7" } }));
  for (const remark of feedback) await installation.call("POST", `/v1/project_logs/${project.id}/feedback`, { feedback: [remark] });
  await reviewer.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await open(reviewer, address);
  await comment(reviewer, "Remark number 20,").getByRole("button", { name: "Copy link" }).click();
  const link = await reviewer.evaluate(() => navigator.clipboard.readText());
  await open(engineer, link);
  await expect(engineer.locator("[aria-current='true']").filter({ hasText: "Remark number 20," })).toBeInViewport({ ratio: 1 });
  await expect(comment(engineer, "Remark number 0,")).not.toBeInViewport();
  await expect(comment(engineer, "Remark number 40,")).not.toBeInViewport();
});

test("a change of a comment that was begun is there again after a reload", async ({ installation, project, reviewer }) => {
  const { address } = await traced(installation, project);
  await open(reviewer, address);
  await write(reviewer, "The parcel is late");
  const editor = activity(reviewer).getByLabel("Edit the comment");
  // The comment itself: the activity about it grows above it.
  const own = activity(reviewer).locator("li[id^=comment-]");
  await own.getByRole("button", { name: "Edit" }).click();
  await expect(editor).toBeFocused();
  await editor.fill("The parcel is lost, or");
  await reviewer.reload();
  await hydrated(reviewer);
  await expect(editor).toHaveValue("The parcel is lost, or");
  await expect(editor).not.toBeFocused();
  await own.getByRole("button", { name: "Cancel" }).click();
  await expect(own).toContainText("The parcel is late");
  await own.getByRole("button", { name: "Edit" }).click();
  await expect(editor).toHaveValue("The parcel is late");
  await editor.fill("The parcel is lost");
  await own.getByRole("button", { name: "Save" }).click();
  await expect(own).toContainText("The parcel is lost");
  await reviewer.reload();
  await hydrated(reviewer);
  await expect(comment(reviewer, "The parcel is lost").first()).toBeVisible();
  await expect(editor).toHaveCount(0);
});
