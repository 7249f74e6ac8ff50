// Parts of the bundle come with their style sheets, so nothing is painted without its styles.

import { expect, open, test } from "../support/fixtures.js";
import { row, trace } from "../support/pages.js";
import { root } from "../support/rows.mjs";

test("a page that is asked for comes with the sheets of its part, and with no others", async ({ owner, installation, project }) => {
  const sent = root(project.id);
  await installation.sendTraces([sent]);
  for (const [address, sheets] of [
    [project.page("logs"), ["touchstone.css"]],
    [project.page(`logs?r=${sent.root_span_id}`), ["touchstone.css", "parts.css", "trace.css"]],
    [project.page(`logs?r=${sent.root_span_id}&review=1`), ["touchstone.css", "parts.css", "trace.css", "review.css"]],
    [project.page("review"), ["touchstone.css", "parts.css", "administration.css"]],
    [project.page("configuration"), ["touchstone.css", "parts.css", "administration.css"]],
  ] as const) {
    const html = await (await owner.request.get(address)).text();
    const linked = [...html.matchAll(/<link rel="stylesheet" href="\/assets\/[^/"]+\/([^"]+)"/g)].map(([, name]) => name);
    expect(linked, address).toEqual(sheets);
    await open(owner, address);
    const loaded = await owner.evaluate(() => [...document.styleSheets].map(({ href }) => href?.split("/").pop()));
    expect(loaded, `${address}, alive`).toEqual(sheets);
  }
});

test("a part that one goes to is not painted before its sheets are there", async ({ owner, installation, project }) => {
  const sent = root(project.id);
  await installation.sendTraces([sent]);
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await owner.route("**/trace.css", async (route) => {
    await held;
    await route.continue();
  });
  await open(owner, project.page("logs"));
  const code = owner.waitForResponse(/split_trace\.wasm$/);
  await row(owner, sent.id).getByRole("link").first().click();
  await (await code).finished();
  await owner.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  await expect(trace(owner)).toHaveCount(0);
  release();
  await expect(trace(owner)).toBeVisible();
  await expect(trace(owner)).toHaveCSS("display", "grid");
});
