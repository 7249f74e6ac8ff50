// Files in the fields of spans: images, sound, documents and others, as SDKs send them; tables and code.

import { expect, open, test, type Installation, type Locator, type Page, type Project } from "../support/fixtures.js";
import { field } from "../support/pages.js";
import { root } from "../support/rows.mjs";

const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAMAAAAECAIAAADETxJQAAAAEElEQVR4nGP4z8AAQQx4WQD7LAv1/r+/OwAAAABJRU5ErkJggg==";

/** A second of silence. */
function wav(): Buffer {
  const samples = Buffer.alloc(8_000, 128);
  const head = Buffer.alloc(44);
  head.write("RIFF", 0);
  head.writeUInt32LE(36 + samples.length, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(8_000, 24);
  head.writeUInt32LE(8_000, 28);
  head.writeUInt16LE(1, 32);
  head.writeUInt16LE(8, 34);
  head.write("data", 36);
  head.writeUInt32LE(samples.length, 40);
  return Buffer.concat([head, samples]);
}

/** Uploads a file as the SDKs do, and returns what a row says of it. */
async function attach(installation: Installation, filename: string, content_type: string, content: Buffer): Promise<object> {
  const key = crypto.randomUUID();
  const { signedUrl } = await installation.call("POST", "/attachment", { key, filename, content_type, org_id: "any" });
  const sent = await fetch(signedUrl, { method: "PUT", body: new Uint8Array(content) });
  expect(sent.ok).toBe(true);
  await installation.call("POST", "/attachment/status", { key, org_id: "any", status: { upload_status: "done" } });
  return { type: "braintrust_attachment", key, filename, content_type };
}

async function read(installation: Installation, project: Project, page: Page, fields: object): Promise<void> {
  const sent = root(project.id, fields);
  await installation.sendTraces([sent]);
  await open(page, project.page(`logs?r=${sent.root_span_id}`));
}

test("attachments are seen, heard, opened and saved where they are named", async ({ installation, project, reviewer: page }) => {
  const image = await attach(installation, "shot.png", "image/png", Buffer.from(PNG, "base64"));
  const sound = await attach(installation, "call.wav", "audio/wav", wav());
  const document = await attach(installation, "plan.pdf", "application/pdf", Buffer.from("%PDF-1.4\n%%EOF\n"));
  const site = await attach(installation, "site.html", "text/html", Buffer.from("<script>document.title = 'ran'</script>"));
  await read(installation, project, page, {
    input: [{ role: "user", content: [{ type: "text", text: "Look and listen" }, { type: "image_url", image_url: { url: image } }, { type: "input_audio", input_audio: { data: wav().toString("base64"), format: "wav" } }] }],
    output: { files: [sound, document, site] },
  });
  const [input, output] = [field(page, "Input"), field(page, "Output")];
  const picture = input.getByRole("img", { name: "shot.png" });
  await expect.poll(() => picture.evaluate((element: HTMLImageElement) => [element.naturalWidth, element.naturalHeight])).toEqual([3, 4]);
  await expect(input).toContainText("PNG, 3 × 4, ");
  // Sound plays, from its beginning and from its middle.
  for (const player of [input.locator("audio"), output.locator("audio")]) {
    const length = player.evaluate((element: HTMLAudioElement) => new Promise<number>((resolve, reject) => {
      element.addEventListener("loadedmetadata", () => resolve(element.duration), { once: true });
      element.addEventListener("error", () => reject(element.error), { once: true });
      element.preload = "metadata";
      element.load();
    }));
    expect(await length).toBe(1);
  }
  await expect(output.getByRole("link", { name: "plan.pdf" })).toHaveAttribute("target", "_blank");
  const saving = page.waitForEvent("download");
  await output.getByRole("link", { name: "Download site.html" }).click();
  expect((await saving).suggestedFilename()).toBe("site.html");
  await expect(page).not.toHaveTitle("ran");
});

test("a list of like objects is a table whose rows and cells unfold", async ({ installation, project, reviewer: page }) => {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const rows = Array.from({ length: 260 }, (_, number) => ({ z: number, name: `row ${number}`, text: number === 3 ? "long ".repeat(200) + "end" : "short" }));
  await read(installation, project, page, { output: rows });
  const output = field(page, "Output");
  await output.getByRole("group", { name: "Show output as" }).getByRole("button", { name: "Table" }).click();
  const headings = output.getByRole("columnheader");
  await expect(headings).toHaveText(["#", "z", "name", "text"]);
  const cell = (name: string): Locator => output.getByRole("cell", { name, exact: true });
  await expect(cell("row 19")).toBeVisible();
  await expect(cell("row 20")).toHaveCount(0);
  await output.getByRole("button", { name: "240 more rows" }).click();
  await expect(cell("row 219")).toBeVisible();
  await output.getByRole("button", { name: "40 more rows" }).click();
  await expect(cell("row 259")).toBeVisible();
  await expect(output.getByRole("button", { name: /more rows/ })).toHaveCount(0);
  await output.getByRole("button", { name: "All 1.0 kB" }).click();
  await expect(output.locator("td pre")).toContainText("long end");
  // The head stays where the rows scroll.
  await cell("row 259").scrollIntoViewIfNeeded();
  await expect(headings.nth(2)).toBeInViewport();
  await cell("row 5").hover();
  await output.getByRole("button", { name: "Copy value" }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe("row 5");
  await output.getByRole("button", { name: "Copy path" }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe("[5].name");
});

test("code has numbered lines, and a long one is folded", async ({ installation, project, reviewer: page }) => {
  const code = Array.from({ length: 60 }, (_, line) => `print("line ${line + 1}")`).join("\n");
  await read(installation, project, page, {
    input: `Run this:\n\n\`\`\`python\n${code}\n\`\`\`\n`,
    output: { sql: "SELECT 1\nFROM a\nWHERE b" },
  });
  const block = field(page, "Input").getByRole("group", { name: "Code, python, 60 lines" });
  await expect(block.getByText('print("line 40")')).toBeVisible();
  await expect(block.getByText('print("line 41")')).toBeHidden();
  await block.getByText("20 more lines").click();
  await expect(block.getByText('print("line 60")')).toBeVisible();
  await expect(field(page, "Output").getByRole("group", { name: "Code, 3 lines" })).toContainText("FROM a");
});

test("a long conversation and a wide value stay light", async ({ installation, project, reviewer: page }) => {
  const chat = Array.from({ length: 5_000 }, (_, number) => ({ role: number % 2 ? "assistant" : "user", content: `Message ${number} of a long conversation` }));
  await read(installation, project, page, { input: chat, output: "word ".repeat(2_000_000) });
  await expect(field(page, "Input")).toContainText("5,000 messages");
  await expect(field(page, "Output")).toContainText("word word");
  expect(await page.evaluate(() => document.querySelectorAll("*").length)).toBeLessThan(5_000);
  await page.getByRole("button", { name: "Find in input" }).click();
  await page.getByRole("searchbox", { name: "Find in input" }).fill("message 4321 of");
  await expect(field(page, "Input").locator("mark")).toHaveText("Message 4321 of");
  await expect(field(page, "Input")).toContainText("4,321 messages without these words");
});
