// The rows of a list in groups: chosen in a dialog, opened one by one, kept by the address and by a view.

import { expect, open, test, type Page } from "../support/fixtures.js";
import { trace } from "../support/pages.js";
import { many } from "../support/rows.mjs";

const groups = (page: Page) => page.getByRole("region", { name: "Groups", exact: true });
const group = (page: Page, name: string) => groups(page).getByRole("row").filter({ has: page.getByRole("button", { name, exact: true }) });

test("rows are grouped by what somebody chooses, and a group opens where it stands", async ({ installation, project, reviewer, viewer }) => {
  await installation.sendTraces(
    many(project.id, 9, (index) => ({
      name: `row ${index}`,
      input: `question ${index}.`,
      output: "yes",
      metadata: { plan: index < 5 ? "pro" : index < 8 ? "free" : undefined },
      scores: { Factuality: index < 5 ? 0.5 : 1 },
      tags: index === 0 ? ["billing", "urgent"] : index === 1 ? ["billing"] : undefined,
    })),
  );
  await open(reviewer, project.page("logs"));
  await reviewer.getByRole("button", { name: "Group", exact: true }).click();
  await reviewer.getByRole("link", { name: "metadata.plan" }).click();
  await expect(reviewer).toHaveURL(/group=metadata.plan/);
  await expect(groups(reviewer).getByRole("status")).toContainText("9 traces in 3 groups by metadata.plan.");
  await expect(group(reviewer, "pro")).toContainText("550.0 %");
  await expect(group(reviewer, "free")).toContainText("3100.0 %");
  await expect(group(reviewer, "nothing there")).toContainText("1");

  await group(reviewer, "free").getByRole("button").click();
  await expect(groups(reviewer).getByRole("link", { name: "question 7." })).toBeVisible();
  await expect(groups(reviewer).getByRole("link", { name: "question 2." })).toHaveCount(0);
  await groups(reviewer).getByRole("link", { name: "question 6." }).click();
  await expect(trace(reviewer)).toContainText("question 6.");
  // One stays inside of the group.
  await reviewer.keyboard.press("j");
  await expect(trace(reviewer)).toContainText("question 5.");
  await expect(reviewer).toHaveURL(/filter=metadata\.plan%20%3D%20%27free%27/);
  await reviewer.goBack();
  await reviewer.goBack();
  await expect(groups(reviewer).getByRole("status")).toContainText("3 groups");

  // A row with two tags is in both groups, and rows that come later are counted.
  await open(viewer, project.page("logs?group=tags"));
  await expect(group(viewer, "billing")).toContainText("2");
  await expect(group(viewer, "urgent")).toContainText("1");
  await installation.sendTraces(many(project.id, 1, () => ({ name: "late", input: "late", tags: ["urgent"] })));
  await expect(group(viewer, "urgent")).toContainText("2");
  await group(viewer, "billing").getByRole("button").press("Enter");
  await groups(viewer).getByRole("link", { name: "Show 2 traces as a list" }).click();
  await expect(viewer.getByRole("region", { name: "Traces" }).getByRole("row")).toHaveCount(3);
});

test("a view keeps how rows are grouped, and what cannot be read is said", async ({ installation, project, reviewer, viewer }) => {
  await installation.sendTraces(many(project.id, 2, (index) => ({ name: `row ${index}`, input: "x", scores: { Factuality: index } })));
  await open(reviewer, project.page("logs"));
  await reviewer.getByRole("button", { name: "Group", exact: true }).click();
  const own = reviewer.getByRole("textbox", { name: "Anything else" });
  await own.fill("metadata.");
  await own.press("Enter");
  await expect(reviewer.getByRole("form", { name: "Own grouping" })).toContainText("Rows cannot be grouped by metadata.");
  await own.fill("scores.Factuality");
  await own.press("Enter");
  await expect(group(reviewer, "80–100 %")).toContainText("1");
  const { objects } = await installation.call("GET", `/v1/view?object_type=project&object_id=${project.id}&view_type=logs`);
  expect(objects).toHaveLength(0);
  const view = await installation.call("POST", "/v1/view", {
    object_type: "project",
    object_id: project.id,
    view_type: "logs",
    name: "By plan",
    options: { grouping: "metadata.plan" },
  });
  await open(viewer, project.page(`logs?view=${view.id}`));
  await expect(groups(viewer).getByRole("status")).toContainText("2 traces in 1 group by metadata.plan.");
  await open(viewer, project.page("logs?group=metadata."));
  await expect(viewer.getByText("Rows cannot be grouped by metadata.")).toBeVisible();
  await expect(viewer.getByRole("region", { name: "Traces" })).toBeVisible();
});
