// Taking back what one did: every kind of action, by key and by toast.

import { expect, open, test, type Page } from "../support/fixtures.js";
import { field, question, row, saved } from "../support/pages.js";
import { answerWithOption, answerWithSlider } from "../support/review.js";
import { root } from "../support/rows.mjs";

const slider = (page: Page) => question(page, "Preference").getByRole("slider");
const tags = (page: Page) => page.getByRole("region", { name: "Tags" });
const activity = (page: Page) => page.getByRole("region", { name: "Activity" });

/** Opens a trace whose slider stands at 50 since an earlier page: what is done on this one is a movement of its own. */
async function answeredBefore(page: Page, address: string): Promise<void> {
  await open(page, address);
  await answerWithSlider(page, "Preference", 50);
  await expect(saved(page)).toBeVisible();
  await open(page, address);
  await expect(slider(page)).toHaveValue("50");
}

test("the steps of one movement are one action", async ({ installation, project, reviewer }) => {
  await installation.slider(project, "Preference");
  const sent = root(project.id);
  await installation.sendTraces([sent]);
  await answeredBefore(reviewer, project.page(`logs?r=${sent.root_span_id}`));
  await slider(reviewer).focus();
  for (let step = 0; step < 5; step += 1) await reviewer.keyboard.press("ArrowRight");
  await expect(slider(reviewer)).toHaveValue("55");
  await reviewer.keyboard.press("z");
  await expect(slider(reviewer)).toHaveValue("50");
  await expect(saved(reviewer)).toBeVisible();
  await reviewer.reload();
  await expect(slider(reviewer)).toHaveValue("50");
});

test("a number typed on a slider is one answer and one action", async ({ installation, project, reviewer }) => {
  await installation.slider(project, "Preference");
  const sent = root(project.id);
  await installation.sendTraces([sent]);
  await answeredBefore(reviewer, project.page(`logs?r=${sent.root_span_id}`));
  await slider(reviewer).focus();
  await reviewer.keyboard.press("8");
  await expect(slider(reviewer)).toHaveValue("80");
  await reviewer.keyboard.press("5");
  await expect(slider(reviewer)).toHaveValue("85");
  const activity = async () => (await installation.call("GET", `/v1/activity?object_type=project_logs&object_id=${project.id}&id=${sent.id}`)).objects;
  await expect.poll(async () => (await activity()).map((entry: { to: unknown }) => entry.to)).toEqual([0.85, 0.5]);
  await reviewer.keyboard.press("z");
  await expect(slider(reviewer)).toHaveValue("50");
  // A digit that nothing follows is sent when one goes on.
  await slider(reviewer).focus();
  await reviewer.keyboard.press("9");
  await reviewer.keyboard.press("Escape");
  await expect.poll(async () => (await activity())[0].to).toEqual(0.9);
});

test("clearing, editing expected, a tag and a comment are taken back, last first", async ({ installation, project, reviewer }) => {
  await installation.choice(project, "Resolution", { "Not resolved": 0, Resolved: 1 });
  await installation.call("POST", "/v1/project_tag", { project_id: project.id, name: "Triage", color: "teal" });
  const sent = root(project.id, { expected: "Paris" });
  await installation.sendTraces([sent]);
  await open(reviewer, project.page(`logs?r=${sent.root_span_id}`));
  await answerWithOption(reviewer, "Resolution", "Resolved");
  const resolved = question(reviewer, "Resolution").getByRole("radio", { name: /^Resolved/ });
  await resolved.focus();
  await reviewer.keyboard.press("0");
  await expect(resolved).not.toBeChecked();
  await reviewer.getByRole("button", { name: "Edit expected" }).click();
  await reviewer.getByRole("textbox", { name: "Expected" }).fill("Lyon");
  await reviewer.getByRole("button", { name: "Save" }).click();
  await expect(field(reviewer, "Expected")).toContainText("Lyon");
  await reviewer.getByRole("combobox", { name: "Add a tag" }).fill("Tri");
  await reviewer.keyboard.press("Enter");
  await expect(tags(reviewer)).toContainText("Triage");
  await reviewer.keyboard.press("Escape");
  await reviewer.keyboard.press("c");
  await reviewer.keyboard.type("look at this");
  await reviewer.keyboard.press("Control+Enter");
  await expect(activity(reviewer)).toContainText("look at this");
  const toast = reviewer.getByRole("group", { name: "Last action" });
  await expect(toast).toContainText("Comment");

  // Escape leaves the field; then letters are keys.
  await reviewer.keyboard.press("Escape");
  await reviewer.keyboard.press("z");
  await expect(activity(reviewer).locator(".note", { hasText: "look at this" })).toHaveCount(0);
  await reviewer.keyboard.press("z");
  await expect(tags(reviewer).getByRole("button", { name: "Remove tag Triage" })).toHaveCount(0);
  await reviewer.keyboard.press("z");
  await expect(field(reviewer, "Expected")).toContainText("Paris");
  await reviewer.keyboard.press("z");
  await expect(resolved).toBeChecked();
  await expect(saved(reviewer)).toBeVisible();
  installation.server.verify();
});

test("the last action is taken back from the list, too", async ({ installation, project, reviewer }) => {
  await installation.slider(project, "Preference");
  const sent = root(project.id);
  await installation.sendTraces([sent]);
  await open(reviewer, project.page("logs"));
  await row(reviewer, sent.id).getByRole("link").first().click();
  await answerWithSlider(reviewer, "Preference", 80);
  await reviewer.keyboard.press("Escape");
  await expect(row(reviewer, sent.id)).toContainText("80");
  await reviewer.keyboard.press("z");
  await expect(row(reviewer, sent.id)).not.toContainText("80");
});
