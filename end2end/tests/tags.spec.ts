import { expect, open, test, type Page } from "../support/fixtures.js";
import { hydrated, row, trace } from "../support/pages.js";
import { root } from "../support/rows.mjs";

const tags = (page: Page) => page.getByRole("region", { name: "Tags" });
const adding = (page: Page) => tags(page).getByRole("combobox", { name: "Add a tag" });
const offered = (page: Page) => tags(page).getByRole("listbox", { name: "Tags" }).getByRole("option");

test("tags are put on and taken off, with completion, and seen by somebody else", async ({ installation, project, reviewer, colleague }) => {
  for (const name of ["Triage", "warranty", "shipping"]) await installation.call("POST", "/v1/project_tag", { project_id: project.id, name, color: "teal" });
  const sent = root(project.id, { name: "ticket" });
  await installation.sendTraces([sent]);
  const address = project.page(`logs?r=${sent.root_span_id}`);
  await open(colleague, address);
  await open(reviewer, address);

  await reviewer.keyboard.press("t");
  await expect(adding(reviewer)).toBeFocused();
  await expect(offered(reviewer)).toHaveText(["Triage", "warranty", "shipping"]);
  await reviewer.keyboard.type("war");
  await expect(offered(reviewer)).toHaveText(["warranty"]);
  await reviewer.keyboard.press("Enter");
  await expect(tags(colleague)).toContainText("warranty");
  await reviewer.keyboard.press("ArrowDown");
  await reviewer.keyboard.press("Enter");
  await expect(tags(colleague)).toContainText("shipping");
  // Two people at once: nobody's tag is lost.
  await Promise.all([
    tags(reviewer).getByRole("button", { name: "Remove tag shipping" }).click(),
    (async () => {
      await adding(colleague).fill("Tri");
      await colleague.keyboard.press("Enter");
    })(),
  ]);
  for (const page of [reviewer, colleague]) {
    await expect(tags(page)).toContainText("warranty");
    await expect(tags(page)).toContainText("Triage");
    await expect(tags(page).getByRole("button", { name: "Remove tag shipping" })).toBeHidden();
  }
  await reviewer.keyboard.press("Escape");
  await reviewer.keyboard.press("Escape");
  await expect(trace(reviewer)).toBeHidden();
  await expect(row(reviewer, sent.id)).toContainText("Triage");
});

test("a tag is made on the way by who may, and by nobody else", async ({ installation, project, reviewer, engineer, viewer }) => {
  const sent = root(project.id, { name: "ticket" });
  await installation.sendTraces([sent]);
  const address = project.page(`logs?r=${sent.root_span_id}`);
  await open(reviewer, address);
  await adding(reviewer).fill("brand new");
  await expect(offered(reviewer)).toHaveCount(0);
  await open(engineer, address);
  await adding(engineer).fill("brand new");
  await offered(engineer).filter({ hasText: "Create brand new" }).click();
  await expect(tags(engineer)).toContainText("brand new");
  await expect(tags(reviewer)).toContainText("brand new");
  await expect.poll(async () => (await installation.call("GET", `/v1/project_tag?project_id=${project.id}`)).objects.map((tag: { name: string }) => tag.name)).toEqual(["brand new"]);
  // What one is typing stays while another's tag arrives.
  await expect(adding(reviewer)).toHaveValue("brand new");
  await open(viewer, address);
  await hydrated(viewer);
  await expect(tags(viewer)).toContainText("brand new");
  await expect(adding(viewer)).toHaveCount(0);
});
