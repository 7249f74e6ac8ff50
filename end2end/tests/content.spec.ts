// Content as reviewers read it: conversations, structured data, images, and text from right to left.

import { expect, open, test, type Installation, type Locator, type Page, type Project } from "../support/fixtures.js";
import { field, trace, tree } from "../support/pages.js";
import { child, root } from "../support/rows.mjs";

const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAMAAAAECAIAAADETxJQAAAAEElEQVR4nGP4z8AAQQx4WQD7LAv1/r+/OwAAAABJRU5ErkJggg==";

/** Opens a trace whose root has these fields. */
async function read(installation: Installation, project: Project, page: Page, fields: object): Promise<void> {
  const sent = root(project.id, fields);
  await installation.sendTraces([sent]);
  await open(page, project.page(`logs?r=${sent.root_span_id}`));
}

const shown = (page: Page, name: string): Locator => field(page, name).getByRole("group", { name: `Show ${name.toLowerCase()} as` });
const lines = (page: Page, name: string): Locator => field(page, name).getByRole("group", { name: `${name} as JSON` });
/** The line of a tree that begins with a key. */
const line = (page: Page, name: string, key: string): Locator => lines(page, name).locator(".leaf, summary").filter({ hasText: new RegExp(`^\\s*${key}: `) });

test("a conversation shows tools with their answers, whoever sent it", async ({ installation, project, reviewer: page }) => {
  await read(installation, project, page, {
    input: {
      contents: [
        { role: "user", parts: [{ text: "Where is **FW-1**?" }] },
        { role: "model", parts: [{ functionCall: { name: "look_up", args: { order: "FW-1" } } }] },
        { role: "user", parts: [{ functionResponse: { name: "look_up", response: { status: "sent" } } }] },
        { role: "model", parts: [{ text: "It is on its way." }] },
      ],
    },
    output: [{ role: "tool", tool_call_id: "of-no-call", content: "alone" }],
  });
  const input = field(page, "Input");
  await expect(input).toContainText("3 messages, 1 tool call");
  await expect(input.locator("strong")).toHaveText("FW-1");
  const call = input.getByRole("group", { name: "Tool call look_up" });
  await expect(call).toContainText('order: "FW-1"');
  await expect(call).toContainText('status: "sent"');
  await expect(field(page, "Output").getByRole("group", { name: "Tool result tool" })).toContainText("alone");
});

test("structured data is folded, unfolded and read by mouse", async ({ installation, project, reviewer: page }) => {
  const policy = `First line of the policy.\n${"It goes on and on. ".repeat(400)}The end of the policy.`;
  await read(installation, project, page, {
    output: { z: 1, policy, numbers: Array.from({ length: 150_000 }, (_, number) => number), rows: [{ id: 1, name: "one" }, { id: 2, name: "two" }], last: null },
  });
  const output = field(page, "Output");
  await expect(lines(page, "Output")).toContainText(/z: 1\s*policy: "First/);
  await expect(output).not.toContainText("The end of the policy.");
  await output.getByRole("button", { name: "All 7.7 kB" }).click();
  await expect(output).toContainText("The end of the policy.");
  // A list of 150,000 is read as far as one wants it.
  await output.getByRole("button", { name: "149,980 more" }).click();
  await expect(line(page, "Output", "219")).toBeVisible();
  await output.getByRole("button", { name: "149,780 more" }).click();
  await expect(line(page, "Output", "419")).toBeVisible();
  await line(page, "Output", "numbers").click();
  await expect(line(page, "Output", "219")).toBeHidden();
  // A list of like objects is a table where one wants it.
  await line(page, "Output", "rows").hover();
  await output.getByRole("button", { name: "Show as table" }).click();
  await expect(output.getByRole("columnheader", { name: "name" })).toBeVisible();
  await expect(output.getByRole("cell", { name: "two" })).toBeVisible();
});

test("values and paths are copied, and lines are walked by keyboard", async ({ installation, project, reviewer: page }) => {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  await read(installation, project, page, { output: { docs: [{ "the text": "l1\nl2 \"q\"" }], b: { c: [1] } } });
  const output = field(page, "Output");
  await line(page, "Output", "the text").hover();
  await output.getByRole("button", { name: "Copy path" }).click();
  await expect.poll(copied).toBe('docs[0]["the text"]');
  await output.getByRole("button", { name: "Copy value" }).click();
  await expect.poll(copied).toBe('l1\nl2 "q"');
  await output.getByRole("button", { name: "Copy output" }).click();
  await expect.poll(copied).toBe(JSON.stringify({ docs: [{ "the text": "l1\nl2 \"q\"" }], b: { c: [1] } }));

  await lines(page, "Output").focus();
  await page.keyboard.press("ArrowDown");
  await expect(line(page, "Output", "docs")).toBeFocused();
  await page.keyboard.press("ArrowLeft");
  await expect(line(page, "Output", "the text")).toBeHidden();
  await page.keyboard.press("ArrowDown");
  await expect(line(page, "Output", "b")).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await expect(line(page, "Output", "0").first()).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(line(page, "Output", "the text")).toBeFocused();
  await page.keyboard.press("ArrowLeft");
  await expect(line(page, "Output", "0").first()).toBeFocused();
});

test("words are found inside a value that is not unfolded", async ({ installation, project, reviewer: page }) => {
  const documents = Array.from({ length: 500 }, (_, number) => ({ id: number, text: number === 432 ? "The Needle lies here" : "hay" }));
  await read(installation, project, page, { output: { documents } });
  const output = field(page, "Output");
  await output.getByRole("button", { name: "Find in output" }).click();
  await output.getByRole("searchbox", { name: "Find in output" }).fill("needle");
  await expect(output).toContainText("1 place");
  await expect(output.locator("mark")).toHaveText("Needle");
  await expect(line(page, "Output", "432")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(output.locator("mark")).toHaveCount(0);
  await expect(trace(page)).toBeVisible();
});

test("images are shown where they stand, and nothing is loaded from elsewhere", async ({ installation, project, reviewer: page }) => {
  const foreign: string[] = [];
  page.on("request", (request) => {
    if (new URL(request.url()).hostname.endsWith("elsewhere.example")) foreign.push(request.url());
  });
  const data = `data:image/png;base64,${PNG}`;
  await read(installation, project, page, {
    input: [
      {
        role: "user",
        content: [
          { type: "text", text: "What is this?" },
          { type: "image_url", image_url: { url: data } },
          { type: "image_url", image_url: { url: "https://elsewhere.example/a.png" } },
          { type: "image", source: { type: "base64", media_type: "image/png", data: "aGVsbG8=" } },
        ],
      },
    ],
    output: `Like ![this](${data}) and ![that](https://elsewhere.example/b.png).`,
    metadata: { picture: data, drawing: "data:image/svg+xml;base64,PHN2Zy8+", large: `data:image/png;base64,${PNG.replace("=", "")}${"A".repeat(2_000_000)}` },
  });
  const isDrawn = (image: Locator) => expect.poll(() => image.evaluate((element: HTMLImageElement) => [element.naturalWidth, element.naturalHeight])).toEqual([3, 4]);
  for (const name of ["Input", "Output"]) {
    await isDrawn(field(page, name).getByRole("img"));
    await expect(field(page, name)).toContainText("PNG, 3 × 4, ");
  }
  await expect(field(page, "Input")).toContainText("broken image, 5 B");
  await expect(field(page, "Input").getByRole("link", { name: "https://elsewhere.example/a.png" })).toBeVisible();
  const metadata = field(page, "Metadata");
  await expect(metadata).toContainText("SVG, 6 B: not shown");
  await metadata.getByText("PNG, 3 × 4, 1.5 MB").click();
  for (const image of await metadata.getByRole("img").all()) await isDrawn(image);
  expect(foreign).toEqual([]);
});

test("what is chosen is kept for fields of the same kind", async ({ installation, project, reviewer: page }) => {
  const chat = [{ role: "user", content: "Hi" }];
  await read(installation, project, page, { input: chat, output: chat });
  await expect(shown(page, "Output").getByRole("button", { name: "Chat" })).toHaveAttribute("aria-pressed", "true");
  await shown(page, "Output").getByRole("button", { name: "JSON" }).focus();
  await page.keyboard.press("Enter");
  await expect(shown(page, "Output").getByRole("button", { name: "JSON" })).toHaveAttribute("aria-pressed", "true");
  await expect(shown(page, "Output").getByRole("button", { name: "JSON" })).toBeFocused();
  await expect(lines(page, "Output")).toContainText('content: "Hi"');
  await read(installation, project, page, { input: chat, output: chat });
  await expect(lines(page, "Output")).toContainText('content: "Hi"');
  await expect(shown(page, "Input").getByRole("button", { name: "Chat" })).toHaveAttribute("aria-pressed", "true");
  await read(installation, project, page, { input: chat, output: "Only **text**" });
  await expect(field(page, "Output").locator("strong")).toHaveText("text");
});

test("text from right to left begins at the right", async ({ installation, project, reviewer: page }) => {
  await read(installation, project, page, { input: "First\n\nשלום עולם **חזק**", output: [{ role: "user", content: "مرحبا بالعالم" }], metadata: { note: "שלום" } });
  const direction = (of: Locator) => of.evaluate((element) => getComputedStyle(element).direction);
  const paragraphs = field(page, "Input").locator("p[dir]");
  expect(await direction(paragraphs.nth(0))).toBe("ltr");
  expect(await direction(paragraphs.nth(1))).toBe("rtl");
  expect(await direction(field(page, "Output").locator(".read p"))).toBe("rtl");
  expect(await direction(line(page, "Metadata", "note").locator(".st"))).toBe("rtl");
  const comment = page.getByRole("textbox", { name: "Add a comment" });
  expect(await direction(comment)).toBe("ltr");
  await comment.fill("שלום");
  expect(await direction(comment)).toBe("rtl");
});

test("a value of half a megabyte is unfolded at once", async ({ installation, project, reviewer: page }) => {
  const items = Array.from({ length: 3_500 }, (_, number) => ({ id: number, text: `Item ${number} of a long answer`, tags: ["a", "b"], more: { score: 0.5, kind: "x" } }));
  await read(installation, project, page, { output: { items, last: "the end" } });
  const output = field(page, "Output");
  await expect(lines(page, "Output")).toContainText('last: "the end"');
  expect(await page.evaluate(() => document.querySelectorAll("*").length)).toBeLessThan(5_000);
  await output.getByRole("button", { name: "Unfold all" }).click();
  await expect(output).toContainText("Item 2999 of a long answer");
});

test("words that were found in the trace are marked in the open span, one after the other", async ({ installation, project, reviewer: page }) => {
  const top = root(project.id, { name: "top", input: "hay" });
  const chat = [
    { role: "user", content: `A **Needle** and a needle.` },
    { role: "assistant", content: "No answer", tool_calls: [{ id: "1", function: { name: "look", arguments: JSON.stringify({ deep: { what: "needle" } }) } }] },
  ];
  const documents = Array.from({ length: 500 }, (_, number) => ({ id: number, text: number === 432 ? "The last needle" : "hay" }));
  const holder = child(top, { name: "holder", created: new Date(Date.parse(top.created) + 1), input: chat, output: { documents } });
  const other = child(top, { name: "other", created: new Date(Date.parse(top.created) + 2), output: "# Hay\n\nand one needle" });
  await installation.sendTraces([top, holder, other]);
  await open(page, project.page(`logs?r=${top.root_span_id}`));
  await page.getByRole("button", { name: "Find in trace" }).click();
  const search = page.getByRole("searchbox", { name: "Find in trace" });
  await search.fill("needle");
  const found = page.getByRole("region", { name: "Found in trace" });
  await expect(found.getByRole("link")).toHaveCount(2);
  await expect(found.locator("mark").first()).toHaveText("Needle");
  const place = page.getByRole("status", { name: "Place" });
  const current = page.locator("mark[aria-current]");
  await found.getByRole("link", { name: /holder/ }).click();
  await expect(tree(page).getByRole("link", { name: /holder/ })).toHaveAttribute("aria-current", "true");
  await expect(found).toBeHidden();
  await expect(place).toHaveText("1 of 4, span 1 of 2");
  await expect(current).toHaveText("Needle");
  await expect(field(page, "Input").locator("strong mark")).toHaveText("Needle");
  await expect(field(page, "Input").getByRole("group", { name: "Tool call look" }).locator("mark")).toHaveText("needle");
  // By button, by key, and back.
  await page.getByRole("button", { name: "Next place" }).click();
  await expect(place).toHaveText("2 of 4, span 1 of 2");
  await search.press("Enter");
  await search.press("Enter");
  await expect(place).toHaveText("4 of 4, span 1 of 2");
  await expect(line(page, "Output", "432")).toBeVisible();
  await expect(current).toBeInViewport();
  await page.keyboard.press("F3");
  await expect(place).toHaveText("1 of 1, span 2 of 2");
  await expect(tree(page).getByRole("link", { name: /other/ })).toHaveAttribute("aria-current", "true");
  await expect(field(page, "Output").locator("mark")).toHaveText("needle");
  await page.getByRole("button", { name: "Previous place" }).click();
  await expect(place).toHaveText("4 of 4, span 1 of 2");
  // Nothing stays marked for whoever is done.
  await search.press("Escape");
  await expect(page.getByRole("region", { name: "Output", exact: true }).locator("mark")).toHaveCount(0);
  await expect(field(page, "Input").locator("mark")).toHaveCount(0);
  await expect(trace(page)).toBeVisible();
});
