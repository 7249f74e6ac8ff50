import { expect, open, test } from "../support/fixtures.js";
import { field, hydrated, row, rows, trace, tree } from "../support/pages.js";
import { batches, child, many, root } from "../support/rows.mjs";

test("traces stand in the list, newest first", async ({ installation, project, viewer }) => {
  const traces = many(project.id, 4, (index) => ({ name: `request ${index}`, input: `Question number ${index}` }));
  // The order of arrival is not the order of time.
  await installation.sendTraces([traces[2], traces[0], traces[3], traces[1]]);
  await open(viewer, project.page("logs"));
  await expect(viewer.getByRole("heading", { name: "Logs", level: 1 })).toBeVisible();
  await expect(rows(viewer)).toHaveCount(4);
  const shown = await rows(viewer).evaluateAll((elements) => elements.map((element) => element.getAttribute("data-row-id")));
  expect(shown).toEqual(traces.map((sent) => sent.id).reverse());
  await expect(row(viewer, traces[0].id)).toContainText("Question number 0");
});

test("a trace that is sent appears in the open page by itself", async ({ installation, project, viewer }) => {
  const before = root(project.id, { created: new Date(Date.now() - 60_000) });
  await installation.sendTraces([before]);
  await open(viewer, project.page("logs"));
  await expect(row(viewer, before.id)).toBeVisible();
  await viewer.evaluate(() => Object.assign(window, { neverReloaded: true }));
  for (const name of ["first arrival", "second arrival"]) {
    const sent = root(project.id, { name });
    await installation.sendTraces([sent]);
    await expect(row(viewer, sent.id)).toBeVisible();
    await expect(rows(viewer).first()).toContainText(name);
  }
  expect(await viewer.evaluate(() => "neverReloaded" in window)).toBe(true);
});

test("the first trace appears in an empty project by itself", async ({ installation, project, viewer }) => {
  await open(viewer, project.page("logs"));
  await expect(viewer.getByRole("heading", { name: "No traces yet" })).toBeVisible();
  const sent = root(project.id);
  await installation.sendTraces([sent]);
  await expect(row(viewer, sent.id)).toBeVisible();
});

test("a trace shows its tree and each span its fields", async ({ installation, project, viewer }) => {
  const top = root(project.id, {
    name: "answer_ticket",
    input: { question: "Where is my parcel?", order: "FW-20418" },
    output: "Your parcel is **in Westhaven**.\n\n1. Take your passport.\n2. Go before noon.",
    metadata: { model: "gpt-4o-mini", plan: { name: "pro", seats: 12 } },
    tags: ["Triage"],
    scores: { Factuality: 0.91 },
  });
  const call = child(top, {
    name: "draft",
    input: [
      { role: "system", content: "You answer for an outdoor shop." },
      { role: "user", content: "Where is my parcel?" },
    ],
    output: [{ role: "assistant", content: "It is in Westhaven." }],
  });
  const tool = child(call, { name: "lookup_order", type: "tool", input: { id: 7 }, output: null, error: "The order system did not answer." });
  await installation.sendTraces([top, call, tool]);

  await open(viewer, project.page("logs"));
  await row(viewer, top.id).getByRole("link", { name: "answer_ticket" }).click();
  await expect(viewer).toHaveURL(new RegExp(`[?&]r=${top.root_span_id}`));
  await expect(trace(viewer)).toBeVisible();
  for (const name of ["answer_ticket", "draft", "lookup_order"]) await expect(tree(viewer).getByRole("link", { name })).toBeVisible();

  // Markdown is drawn, JSON stays JSON.
  await expect(field(viewer, "Output").locator("strong", { hasText: "in Westhaven" })).toBeVisible();
  await expect(field(viewer, "Output").getByRole("listitem")).toHaveCount(2);
  await expect(field(viewer, "Input")).toContainText("FW-20418");
  await expect(field(viewer, "Metadata")).toContainText("seats");

  // Messages are drawn as a conversation.
  await tree(viewer).getByRole("link", { name: "draft" }).click();
  await expect(viewer).toHaveURL(new RegExp(`[?&]read=${call.span_id}`));
  await expect(field(viewer, "Input")).toContainText("You answer for an outdoor shop.");
  await expect(field(viewer, "Input")).not.toContainText('"role"');
  await expect(field(viewer, "Output")).toContainText("It is in Westhaven.");

  await tree(viewer).getByRole("link", { name: "lookup_order" }).click();
  await expect(viewer.getByText("The order system did not answer.").first()).toBeVisible();

  // The address says where one is.
  await viewer.reload();
  await hydrated(viewer);
  await expect(viewer.getByText("The order system did not answer.").first()).toBeVisible();
  await viewer.keyboard.press("Escape");
  await expect(row(viewer, top.id)).toBeVisible();
});

test("markup in a trace is text", async ({ installation, project, viewer }) => {
  const harm = `"'><img src=x onerror="window.harmed=true"><script>window.harmed=true</script>`;
  const sent = root(project.id, { name: `name ${harm}`, input: `input ${harm}`, output: `output ${harm}`, tags: [`tag ${harm}`] });
  await installation.sendTraces([sent, root(project.id, { name: "other" })]);
  await open(viewer, project.page("logs"));
  for (const word of ["name", "input", "output", "tag"]) await expect(row(viewer, sent.id)).toContainText(`${word} ${harm}`);
  await row(viewer, sent.id).locator("td").nth(1).click();
  await expect(viewer.getByRole("navigation", { name: "Traces in this view" }).getByRole("link", { name: `name ${harm}` })).toBeVisible();
  await expect(field(viewer, "Output")).toContainText("output");
  await expect(viewer.locator("main img, main script")).toHaveCount(0);
  expect(await viewer.evaluate(() => "harmed" in window)).toBe(false);
});

test("a page loads the parts of the bundle that it needs, and no others", async ({ installation, project, owner }) => {
  const sent = root(project.id, { name: "answer_ticket" });
  await installation.sendTraces([sent]);
  const loaded: string[] = [];
  owner.on("request", (request) => void loaded.push(...(request.url().match(/(?<=\/split_)\w+(?=\.wasm$)/) ?? [])));
  await open(owner, project.page("logs"));
  await owner.evaluate(() => Object.assign(window, { neverReloaded: true }));
  // What happens meanwhile is heard as soon as the page is alive.
  await expect.poll(() => loaded).toEqual(["live"]);

  await row(owner, sent.id).hover();
  await row(owner, sent.id).getByRole("link", { name: "answer_ticket" }).click();
  await expect(trace(owner)).toBeVisible();
  expect(loaded).toEqual(["live", "trace"]);

  await owner.getByRole("navigation", { name: "Main", exact: true }).getByRole("link", { name: "Configuration" }).click();
  await expect(owner.getByRole("heading", { name: "Human review scores" })).toBeVisible();
  expect(loaded).toEqual(["live", "trace", "administration"]);

  await owner.goBack();
  await expect(trace(owner)).toBeVisible();
  await owner.getByRole("navigation", { name: "Main", exact: true }).getByRole("link", { name: "Logs" }).click();
  await expect(row(owner, sent.id)).toBeVisible();
  expect(await owner.evaluate(() => "neverReloaded" in window)).toBe(true);
  expect(loaded).toEqual(["live", "trace", "administration"]);

  // A page that is opened with a trace in its address has the part before it comes to life.
  loaded.length = 0;
  await open(owner, project.page(`logs?r=${sent.root_span_id}`));
  await expect(trace(owner)).toBeVisible();
  await expect.poll(() => [...new Set(loaded)]).toEqual(["trace", "live"]);
});

test("j and k go through the traces", async ({ installation, project, viewer }) => {
  const traces = many(project.id, 3, (index) => ({ name: `step ${index}`, output: `This is answer ${index}` }));
  await installation.sendTraces(traces);
  await open(viewer, project.page(`logs?r=${traces[2].root_span_id}`));
  await expect(field(viewer, "Output")).toContainText("This is answer 2");
  await viewer.keyboard.press("j");
  await expect(field(viewer, "Output")).toContainText("This is answer 1");
  await viewer.keyboard.press("j");
  await expect(field(viewer, "Output")).toContainText("This is answer 0");
  await viewer.keyboard.press("k");
  await expect(field(viewer, "Output")).toContainText("This is answer 1");
  await viewer.goBack();
  await expect(field(viewer, "Output")).toContainText("This is answer 0");
});

const FILTERS = [
  { filter: "scores.Preference > 75%", found: [0] },
  { filter: "output like '%deep%'", found: [1] },
  { filter: "output = '50 %25 off'", found: [2] },
  { filter: "output ilike '%größer + 你好%'", found: [3] },
  { filter: "tags includes 'a & b'", found: [0, 3] },
];

for (const { filter, found } of FILTERS) {
  test(`a filter is the same before and after a reload: ${filter}`, async ({ installation, project, viewer }) => {
    const traces = [
      root(project.id, { output: "good", scores: { Preference: 0.8 }, tags: ["a & b"] }),
      root(project.id, { output: "in deep water", scores: { Preference: 0.75 } }),
      root(project.id, { output: "50 %25 off" }),
      root(project.id, { output: "Größer + 你好", tags: ["a & b"] }),
    ];
    await installation.sendTraces(traces);
    await open(viewer, project.page("logs"));
    await expect(rows(viewer)).toHaveCount(4);

    const holds = async () => {
      await expect(rows(viewer)).toHaveCount(found.length);
      for (const index of found) await expect(row(viewer, traces[index].id)).toBeVisible();
      await expect(viewer.getByRole("textbox", { name: "Filter" })).toHaveValue(filter);
    };
    await viewer.getByRole("textbox", { name: "Filter" }).fill(filter);
    await viewer.keyboard.press("Enter");
    await holds();
    expect(new URL(viewer.url()).searchParams.get("filter")).toBe(filter);
    await viewer.reload();
    await hydrated(viewer);
    await holds();
    await rows(viewer).first().getByRole("link").first().click();
    await expect(trace(viewer)).toBeVisible();
    await viewer.goBack();
    await holds();
  });
}

test("a mistake in a filter is explained", async ({ installation, project, viewer, watch }) => {
  watch.allow(/status of 4/);
  await installation.sendTraces([root(project.id)]);
  await open(viewer, project.page(`logs?filter=${encodeURIComponent("scores.Preference >")}`));
  await expect(viewer.getByRole("alert")).toContainText("A value is missing");
  await expect(viewer.getByRole("textbox", { name: "Filter" })).toHaveValue("scores.Preference >");
});

test("thousands of traces scroll to the end with few rows in the page", async ({ installation, project, viewer }) => {
  const traces = many(project.id, 3_000, (index) => ({ name: `request ${index}`, scores: { Factuality: (index % 101) / 100 } }));
  for (const batch of batches(traces, 1_000)) await installation.sendTraces(batch);
  await open(viewer, project.page("logs"));
  await expect(row(viewer, traces[2_999].id)).toBeVisible();
  const list = viewer.getByRole("region", { name: "Traces" });
  const first = row(viewer, traces[0].id);
  let most = 0;
  await expect(async () => {
    await list.evaluate((element) => element.scrollTo(0, element.scrollHeight));
    most = Math.max(most, await rows(viewer).count());
    await expect(first).toBeInViewport({ timeout: 250 });
  }).toPass({ timeout: 30_000 });
  expect(most).toBeLessThan(200);
  // Back at the top everything is as it was.
  await list.evaluate((element) => element.scrollTo(0, 0));
  await expect(row(viewer, traces[2_999].id)).toBeInViewport();
});

test("live events come again after something else answered in the server's place", async ({ installation, project, viewer, watch }) => {
  watch.allow(/status of 502/);
  let refused = 0;
  await viewer.route("**/live/**", (route) => {
    refused += 1;
    return refused > 2 ? route.continue() : route.fulfill({ status: 502, contentType: "text/html", body: "<h1>502</h1>" });
  });
  await open(viewer, project.page("logs"));
  await expect.poll(() => refused, { timeout: 20_000 }).toBeGreaterThan(2);
  const sent = root(project.id, { name: "after the trouble" });
  await installation.sendTraces([sent]);
  await expect(row(viewer, sent.id)).toBeVisible();
});

test("what may be opened next is read ahead, and given up when it is not needed any more", async ({ installation, project, viewer }) => {
  const traces = many(project.id, 8, (index) => ({ name: `request ${index}` }));
  await installation.sendTraces(traces);
  const [asked, givenUp]: [string[], string[]] = [[], []];
  const opens = (url: string) => url.endsWith("/fn/spans/open");
  const traceOf = (request: { postDataJSON(): any }) => traces.findIndex((sent) => sent.root_span_id === request.postDataJSON().query.root_span_id).toString();
  viewer.on("request", (request) => opens(request.url()) && asked.push(traceOf(request)));
  viewer.on("requestfailed", (request) => opens(request.url()) && givenUp.push(traceOf(request)));
  // Nothing is answered as long as this stands.
  await viewer.route("**/fn/spans/open", () => {});
  await open(viewer, project.page("logs"));
  await row(viewer, traces[7].id).hover();
  await expect.poll(() => asked).toEqual(["7", "6"]);
  await row(viewer, traces[3].id).hover();
  await expect.poll(() => asked).toEqual(["7", "6", "3", "2"]);
  await expect.poll(() => givenUp.sort()).toEqual(["6", "7"]);
  await viewer.unrouteAll({ behavior: "ignoreErrors" });
});
