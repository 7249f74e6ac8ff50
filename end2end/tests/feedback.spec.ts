// What visitors of somebody else's page think: the lines of the README, in a page of another origin.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, open, test } from "../support/fixtures.js";

/** The page that the README shows, with a link in it. */
function snippet(url: string): string {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const lines = /```html\n([\s\S]*?)```/.exec(readme);
  if (!lines?.[1]?.includes('"URL"')) throw new Error("the README shows no page for feedback");
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>A shop</title><link rel="icon" href="data:,">${lines[1].replace('"URL"', JSON.stringify(url))}`;
}

test("a visitor of another site says what they think, and it stands apart", async ({ installation, project, stranger, engineer }) => {
  await installation.sendTraces([{ id: "answered", project_id: project.id, log_id: "g", input: "Is this gold?", output: "Rub it on the stone." }]);
  const row = { object_type: "project_logs", object_id: project.id, id: "answered" };
  const link = await installation.call("POST", "/v1/feedback_link", { ...row, scores: ["Helpful"], comment: true, user: "u-17" });
  const shop = createServer((_, answer) => answer.setHeader("content-type", "text/html").end(snippet(link.url)));
  await new Promise<void>((listening) => shop.listen(0, "127.0.0.1", listening));
  try {
    await stranger.goto(`http://127.0.0.1:${(shop.address() as AddressInfo).port}/`);
    await stranger.getByLabel("Comment").pressSequentially("نعم 👍 It was");
    await stranger.getByRole("button", { name: "Yes" }).click();
    await expect(stranger.getByRole("status")).toHaveText("Thank you.");
    // They think again: it is replaced and not counted twice.
    await stranger.getByLabel("Comment").fill("");
    await stranger.getByRole("button", { name: "No" }).click();
    await expect(async () => {
      const summary = await installation.call("GET", `/v1/summary?object_type=project_logs&object_id=${project.id}`);
      expect(summary.scores.Helpful).toMatchObject({ mean: 0, count: 1 });
    }).toPass({ timeout: 10_000 });
  } finally {
    shop.close();
  }
  await open(engineer, project.page(`logs?r=answered&filter=${encodeURIComponent("feedback.Helpful < 50%")}`));
  await expect(engineer.getByText("نعم 👍 It was")).toBeVisible();
});
