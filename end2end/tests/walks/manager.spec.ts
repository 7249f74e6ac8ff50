// A product manager reads the numbers, narrows them, reads where reviewers differ and what they wrote, and sends somebody there.

import { expect, open, PEOPLE, PASSWORD, test } from "../../support/fixtures.js";
import { press, type } from "../../support/hands.js";
import { allSent, delay } from "../../support/landing.js";
import { card, expectCard, fillSignIn, hydrated, question, review, rows, trace } from "../../support/pages.js";
import { many } from "../../support/rows.mjs";

for (const milliseconds of [0, 150]) {
  test(`from the numbers to a comment, with an answer after ${milliseconds} ms`, async ({ installation, project, viewer, engineer: page, colleague, stranger }) => {
    await installation.choice(project, "Tone", { Warm: 1, Blunt: 0.5, Rude: 0 });
    const sent = many(project.id, 40, (index) => ({ name: "answer_ticket", input: `Question ${index}`, scores: { Factuality: index / 40 } }));
    await installation.sendTraces(sent);
    const differing = sent[39]!;
    await installation.call("PUT", "/v1/answer", { object_type: "project_logs", object_id: project.id, id: differing.id, question: "Tone", value: "Warm" });
    await installation.call("POST", `/v1/project_logs/${project.id}/feedback`, { feedback: [{ id: differing.id, scores: { thumbs: 1 }, comment: "Thanks", source: "external", metadata: { user_id: "u1" } }] });
    await delay(page, milliseconds);

    // Somebody sees it otherwise.
    await open(colleague, project.page(`logs?r=${differing.root_span_id}`));
    await press(colleague, "u");
    await allSent(colleague);

    await open(page, project.page("logs"));
    await expectCard(page, "Tone", "50.0", 1);
    // What end users say is not called automatic.
    await expect(card(page, "thumbs")).toContainText("End users' score");
    await expect(card(page, "Factuality")).toContainText("Automatic score");
    const heads = await page.getByRole("columnheader").allInnerTexts();
    await press(page, "/");
    await type(page, "scores.Factuality >= 97%");
    await press(page, "Enter");
    await expect(rows(page)).toHaveCount(1);
    expect(await page.getByRole("columnheader").allInnerTexts()).toEqual(heads);
    await expectCard(page, "Factuality", "97.5", 1);
    await press(page, "Escape", "j", "Enter");
    await expect(trace(page)).toBeVisible();
    await expect(question(page, "Tone").getByRole("group", { name: "Other reviewers" })).toContainText("1 × Warm, 1 × Rude");
    // Whom one mentions stands in the field by name.
    await press(page, "c");
    await type(page, "Which is it, @carl");
    await expect(page.getByRole("listbox", { name: "Members" }).getByRole("option")).toHaveText([/Carl Colleague/]);
    await press(page, "Enter");
    await expect(page.getByLabel("Add a comment")).toHaveValue("Which is it, @Carl Colleague ");
    await type(page, "today?");
    await press(page, "Control+Enter", "Escape");
    const activity = page.getByRole("region", { name: "Activity" });
    await expect(activity.locator(".mention")).toHaveText("@Carl Colleague");
    await expect(review(colleague)).toBeVisible();
    await expect(colleague.getByRole("navigation", { name: "Main", exact: true }).getByRole("link", { name: /^Inbox/ })).toHaveAccessibleName(/1 unread/);
    await allSent(page);

    // The link to the comment, for somebody who has to sign in first.
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await activity.getByRole("listitem").filter({ hasText: "Which is it" }).getByRole("button", { name: "Copy link" }).click();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    expect(link).toMatch(/[?&]comment=[^#]+#comment-/);
    await stranger.goto(link);
    await expect(stranger).toHaveURL(/\/login/);
    await fillSignIn(stranger, PEOPLE.viewer.email, PASSWORD);
    await hydrated(stranger);
    await expect(stranger.locator("[aria-current='true']").filter({ hasText: "Which is it" })).toBeInViewport();
    await expect(stranger).toHaveTitle(`answer_ticket · Logs · ${project.name} · Touchstone`);

    // Under a filter that finds nothing no score is promised.
    await open(viewer, project.page(`logs?filter=${encodeURIComponent("metadata.plan = 'none'")}`));
    await expect(viewer.getByText("No trace matches this filter.")).toBeVisible();
    await expect(viewer.getByText("Scores appear here")).toHaveCount(0);
  });
}
