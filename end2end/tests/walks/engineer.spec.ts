// An ML engineer sends traces as SDKs do, finds one by a filter, reads it, and goes on to a dataset and to an experiment with its base.

import { expect, open, test, type Installation, type Project } from "../../support/fixtures.js";
import { press, type } from "../../support/hands.js";
import { delay } from "../../support/landing.js";
import { card, field, row, rows, trace, tree } from "../../support/pages.js";
import { child, many } from "../../support/rows.mjs";

const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAMAAAAECAIAAADETxJQAAAAEElEQVR4nGP4z8AAQQx4WQD7LAv1/r+/OwAAAABJRU5ErkJggg==";
const POLICY = `First line of the policy.\n${"It goes on and on. ".repeat(400)}The end of the policy.`;

/** Traces of which one is a case for somebody; an experiment and its base; a dataset. */
async function furnish(installation: Installation, project: Project) {
  const traces = many(project.id, 30, (index) => ({
    name: "answer_ticket",
    input: `Question ${index}`,
    output: `Answer ${index}`,
    metadata: { plan: index % 10 === 7 ? "pro" : "free" },
    scores: { Factuality: index === 17 ? 0.25 : 0.9 },
  }));
  const wanted = traces[17]!;
  wanted.output = { policy: POLICY, refund: { amount: 120, granted: true } };
  const call = child(wanted, {
    name: "draft",
    input: [
      { role: "system", content: "You answer for an outdoor shop." },
      { role: "user", content: [{ type: "text", text: "What is broken here?" }, { type: "image_url", image_url: { url: `data:image/png;base64,${PNG}` } }] },
    ],
    output: [{ role: "assistant", content: "The **pole**." }],
  });
  await installation.sendTraces([...traces, call]);
  for (const [name, score] of [["before", 0.5], ["after", 0.75]] as const) {
    const repo_info = { branch: "main", commit: "0123456789abcdef", dirty: false };
    const { id } = await installation.call("POST", "/v1/experiment", { project_id: project.id, name, repo_info });
    const top = { id: `${name}-1`, experiment_id: id, span_id: `${name}-1`, root_span_id: `${name}-1`, span_attributes: { name: "eval", type: "eval" } };
    const metrics = { start: 1_700_000_000, end: 1_700_000_002 };
    const failed = name === "before" ? { error: "Out of order." } : {};
    await installation.sendTraces([{ ...top, input: "Is it open on Sunday?", output: "No.", expected: "No.", metrics, scores: { exact: score }, ...failed }]);
  }
  const { id } = await installation.call("POST", "/v1/dataset", { project_id: project.id, name: "golden" });
  await installation.call("POST", `/v1/dataset/${id}/insert`, { events: [{ id: "c1", input: "How high is it?", expected: "1200 m", metadata: { lang: "en" } }] });
  return wanted;
}

for (const milliseconds of [0, 150]) {
  test(`from a trace to an experiment, with an answer after ${milliseconds} ms`, async ({ installation, project, engineer: page }) => {
    const wanted = await furnish(installation, project);
    await delay(page, milliseconds);
    await open(page, project.page("logs"));
    await expect(page).toHaveTitle(`Logs · ${project.name} · Touchstone`);
    await press(page, "/");
    await type(page, "metadata.plan = 'pro' and scores.Factuality < 50%");
    await press(page, "Enter");
    await expect(rows(page)).toHaveCount(1);
    // The same columns as without a filter.
    await expect(page.getByRole("columnheader", { name: "Factuality" })).toBeVisible();
    await press(page, "Escape", "j", "Enter");
    await expect(trace(page)).toBeVisible();
    await expect(page).toHaveTitle(`answer_ticket · Logs · ${project.name} · Touchstone`);
    await expect(field(page, "Output")).toContainText("amount: 120");
    await expect(field(page, "Output")).not.toContainText("The end of the policy.");
    await field(page, "Output").getByRole("button", { name: /^All / }).click();
    await expect(field(page, "Output")).toContainText("The end of the policy.");
    // The span below, its conversation and its picture.
    await press(page, "J");
    await expect(tree(page).getByRole("link", { name: "draft" })).toHaveAttribute("aria-current", /true|page/);
    await expect(field(page, "Input")).toContainText("You answer for an outdoor shop.");
    await expect.poll(() => field(page, "Input").getByRole("img").evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(3);
    await expect(field(page, "Output").locator("strong")).toHaveText("pole");
    await press(page, "Escape");
    await expect(row(page, wanted.id).getByRole("link")).toBeFocused();
    await expect(page).toHaveTitle(`Logs · ${project.name} · Touchstone`);

    await press(page, "g", "d");
    await page.getByRole("link", { name: "golden" }).click();
    await row(page, "c1").getByRole("link", { name: "How high is it?" }).click();
    await expect(field(page, "Expected")).toContainText("1200 m");
    await expect(page).toHaveTitle(`How high is it? · golden · ${project.name} · Touchstone`);
    await expect(page.getByRole("main")).not.toContainText("unnamed");

    await press(page, "g", "e");
    const listed = page.getByRole("row", { name: /^before/ });
    for (const words of ["main · 0123456 · Olga Owner", "50 %", "2.00 s"]) await expect(listed).toContainText(words);
    await expect(page.getByRole("columnheader")).toHaveText(["Name", "Base", "exact", "Rows", "Errors", "Duration", "Created"]);
    await expect(listed.getByRole("cell").nth(4)).toHaveText("1");
    await press(page, "j", "Enter");
    await expect(card(page, "exact")).toContainText("+25.0 against before");
    await press(page, "j", "Enter");
    await expect(field(page, "Expected")).toContainText("No.");
    await expect(page).toHaveTitle(`Is it open on Sunday? · after · ${project.name} · Touchstone`);
  });
}
