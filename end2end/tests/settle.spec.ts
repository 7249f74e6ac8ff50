import { expect, open, PEOPLE, test } from "../support/fixtures.js";
import { expectCard, hydrated, question } from "../support/pages.js";
import { answerWithOption, answerWithSlider, whenCardShows } from "../support/review.js";
import { root } from "../support/rows.mjs";

test("what reviewers disagree about is settled, with a reason, and given back", async ({ installation, project, reviewer, colleague, engineer }) => {
  await installation.slider(project, "Preference");
  await installation.choice(project, "Resolution", { "Not resolved": 0, Partly: 0.4, Resolved: 1 });
  const sent = root(project.id, { name: "ticket" });
  await installation.sendTraces([sent]);
  const address = project.page(`logs?r=${sent.root_span_id}`);
  await open(reviewer, address);
  await open(colleague, address);
  await answerWithSlider(reviewer, "Preference", 90);
  await answerWithSlider(colleague, "Preference", 50);
  await answerWithOption(reviewer, "Resolution", "Partly");
  await expect(question(reviewer, "Preference").getByRole("button", { name: "Settle" })).toHaveCount(0);

  await open(engineer, address);
  const preference = question(engineer, "Preference");
  await expect(preference).toContainText("Mean of 2, 50 to 90 %");
  // With the keyboard, from the slider of the question.
  await preference.getByRole("slider").focus();
  await engineer.keyboard.press("Shift+G");
  const form = engineer.getByRole("form", { name: "Settle Preference" });
  await expect(form.getByRole("textbox", { name: "Gold value in percent" })).toHaveValue("70.0");
  // What is configured and said meanwhile takes nothing from what is typed.
  await form.getByRole("textbox", { name: "Reason" }).fill("the tone");
  await installation.slider(project, "Tone");
  await expect(question(engineer, "Tone")).toBeVisible();
  await expect(form.getByRole("textbox", { name: "Reason" })).toHaveValue("the tone");
  await expect(form.getByRole("textbox", { name: "Reason" })).toBeFocused();
  await form.getByRole("textbox", { name: "Gold value in percent" }).fill("85");
  await form.getByRole("textbox", { name: "Reason" }).fill("the tone was right");
  await form.getByRole("button", { name: "Settle", exact: true }).click();
  for (const page of [engineer, reviewer]) {
    await expect(question(page, "Preference")).toContainText(`${PEOPLE.engineer.name} settled it: 85 % because the tone was right`);
  }
  await question(engineer, "Resolution").getByRole("button", { name: "Settle Resolution" }).click();
  const options = engineer.getByRole("form", { name: "Settle Resolution" });
  await expect(options.getByRole("radio", { name: "Partly" })).toBeChecked();
  await options.getByRole("radio", { name: "Resolved", exact: true }).check();
  await options.getByRole("button", { name: "Settle", exact: true }).click();
  await expect(question(engineer, "Resolution")).toContainText("settled it: Resolved");

  await engineer.keyboard.press("Escape");
  await whenCardShows(engineer, "Preference", "85.0", 1);
  await expectCard(engineer, "Resolution", "100.0", 1);
  await open(engineer, address);
  await question(engineer, "Preference").getByRole("button", { name: "Settle Preference" }).click();
  await engineer.getByRole("form", { name: "Settle Preference" }).getByRole("button", { name: "Let the answers count" }).click();
  await expect(question(engineer, "Preference")).not.toContainText("settled it");
  await expect.poll(async () => (await installation.call("GET", `/v1/summary?object_type=project_logs&object_id=${project.id}`)).scores.Preference.mean).toBeCloseTo(0.7);
});

test("a reason that was begun is there again after a reload", async ({ installation, project, reviewer, engineer }) => {
  await installation.slider(project, "Preference");
  const sent = root(project.id);
  await installation.sendTraces([sent]);
  const address = project.page(`logs?r=${sent.root_span_id}`);
  await open(reviewer, address);
  await answerWithSlider(reviewer, "Preference", 90);
  await open(engineer, address);
  const settle = question(engineer, "Preference").getByRole("button", { name: "Settle Preference" });
  const form = engineer.getByRole("form", { name: "Settle Preference" });
  const [value, reason] = [form.getByRole("textbox", { name: "Gold value in percent" }), form.getByRole("textbox", { name: "Reason" })];
  await settle.click();
  await value.fill("85");
  await reason.fill("the tone was");
  await engineer.reload();
  await hydrated(engineer);
  await expect(reason).toHaveValue("the tone was");
  await expect(value).toHaveValue("85.0");
  await form.getByRole("button", { name: "Cancel" }).click();
  await settle.click();
  await expect(reason).toHaveValue("");
  await expect(value).toHaveValue("90.0");
  await reason.fill("the tone was right");
  await form.getByRole("button", { name: "Settle", exact: true }).click();
  await expect(question(engineer, "Preference")).toContainText("settled it: 90 % because the tone was right");
  await engineer.reload();
  await hydrated(engineer);
  await expect(settle).toBeVisible();
  await expect(form).toHaveCount(0);
});
