// Runs the official SDKs against a server and compares what the server then holds with what the programs logged.
// The last line says how many checks passed.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";
import { Server } from "../support/server.mjs";

const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));
const OWNER = "owner@example.com";
const RUN_WITHIN = 120_000;
const tally = { passed: 0, failed: 0, skipped: 0 };

/** The two programs, and in what they differ. */
const PROGRAMS = [
  { language: "Python", project: "Demo", command: python(), file: here("log_and_feedback.py"), call: "llm call", model: "gpt-4o", comment: "great answer", endUser: "enduser-9", error: /ValueError: bad/, tags: ["Triage", "prod", "user-feedback"], logLines: 1 },
  { language: "JavaScript", project: "Demo JS", command: process.execPath, file: here("log_and_feedback.mjs"), call: "llm", model: undefined, comment: "great", endUser: "eu", error: /bad/, tags: ["Triage", "user-feedback"], logLines: 0 },
];

function python() {
  const own = here("../.venv/bin/python");
  return process.env.TOUCHSTONE_PYTHON ?? (existsSync(own) ? own : "python3");
}

/** @param {string} what @param {() => unknown} check */
async function check(what, check) {
  try {
    await check();
    tally.passed += 1;
    console.log(`ok    ${what}`);
  } catch (error) {
    tally.failed += 1;
    console.log(`FAIL  ${what}\n      ${String(error instanceof Error ? error.message : error).replaceAll("\n", "\n      ")}`);
  }
}

/**
 * Runs a program with the environment that SDKs read and returns what it printed.
 * @param {{ command: string, file: string, packages?: string }} program @param {string} origin @param {string} key
 */
async function run({ command, file, packages }, origin, key) {
  const env = { ...process.env, BRAINTRUST_API_URL: origin, BRAINTRUST_APP_URL: origin, BRAINTRUST_API_KEY: key };
  delete env.BRAINTRUST_ORG_NAME;
  if (existsSync(here("../.venv/site"))) env.PYTHONPATH = [here("../.venv/site"), env.PYTHONPATH].filter(Boolean).join(delimiter);
  // Packages that are found before the usual ones.
  if (packages) env.PYTHONPATH = [packages, env.PYTHONPATH].filter(Boolean).join(delimiter);
  const child = spawn(command, [file], { env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  let errors = "";
  child.stdout.on("data", (text) => (output += text));
  child.stderr.on("data", (text) => (errors += text));
  const late = setTimeout(() => child.kill("SIGKILL"), RUN_WITHIN);
  const code = await new Promise((resolve, reject) => {
    child.once("close", resolve);
    child.once("error", reject);
  });
  clearTimeout(late);
  return { code, output, errors };
}

/**
 * Every row that a query finds.
 * @param {Server} server @param {string} key @param {string} query
 */
async function rows(server, key, query) {
  const found = [];
  let cursor;
  do {
    const answer = await server.call(key, "POST", "/btql", { query: cursor ? `${query} | cursor: '${cursor}'` : query, fmt: "json" });
    found.push(...answer.data);
    cursor = answer.cursor;
  } while (cursor);
  return found;
}

/** @param {Server} server @param {string} key @param {string} name @param {typeof PROGRAMS[number]} program */
async function sdk(server, key, name, program) {
  const about = (/** @type {string} */ what) => `${name}, ${program.language}: ${what}`;
  /** @type {Awaited<ReturnType<typeof run>>} */
  let ran = { code: null, output: "", errors: "" };
  await check(about("the program runs to its end"), async () => {
    ran = await run(program, server.origin, key);
    assert.equal(ran.code, 0, `it ended with ${ran.code}: ${ran.errors}`);
    assert.match(ran.output, /^DONE$/m, ran.output);
    // An SDK does not fail when the server refuses: it warns.
    assert.doesNotMatch(ran.output + ran.errors, /failed|error code|dropp|retry/i, ran.output + ran.errors);
  });

  const { objects } = await server.call(key, "GET", `/v1/project?project_name=${encodeURIComponent(program.project)}`);
  await check(about("its project exists once"), () => assert.equal(objects.length, 1));
  const project = objects[0]?.id;
  if (!project) return;
  const all = await rows(server, key, `select: * | from: project_logs('${project}') spans | limit: 1000`);
  const named = (/** @type {string} */ name) => all.find((row) => row.span_attributes?.name === name) ?? {};
  const [top, call, tool, boom] = [named("request"), named(program.call), named("tool"), named("boom")];

  await check(about("every span is there, with its type"), () => {
    const kinds = [top, call, tool].map((row) => row.span_attributes?.type);
    assert.deepEqual(kinds, ["task", "llm", "tool"]);
    assert.ok(boom.id);
    assert.equal(all.filter((row) => row.span_attributes?.type !== "log").length, 4, "spans");
  });
  await check(about("log lines, where the SDK has them, are rows of their own"), () => {
    const lines = all.filter((row) => row.span_attributes?.type === "log");
    assert.equal(lines.length, program.logLines);
    for (const line of lines) assert.match(JSON.stringify(line.output), /log line/);
  });
  await check(about("spans know their parents and their trace"), () => {
    assert.deepEqual(top.span_parents ?? [], []);
    assert.deepEqual(call.span_parents, [top.span_id]);
    assert.deepEqual(tool.span_parents, [call.span_id]);
    assert.deepEqual([call.root_span_id, tool.root_span_id], [top.root_span_id, top.root_span_id]);
  });
  await check(about("is_root is true for roots only"), () => {
    assert.deepEqual([top.is_root, call.is_root, tool.is_root, boom.is_root], [true, false, false, true]);
  });
  await check(about("what was logged in several steps is merged"), () => {
    assert.equal(top.input?.q, "hi");
    assert.ok(Object.values(top.output ?? {}).some((text) => ["hello", "yo"].includes(text)), JSON.stringify(top.output));
    assert.equal(top.scores?.Preference, 0.8);
    assert.equal(top.metadata?.user_id, "u1");
    assert.equal(call.metadata?.model, program.model);
    assert.equal(call.input?.[0]?.content, "hi");
    assert.equal(call.output?.[0]?.role, "assistant");
    assert.equal(tool.output, 2);
  });
  await check(about("metrics are merged"), () => {
    const { prompt_tokens, completion_tokens, tokens, start, end } = call.metrics ?? {};
    assert.deepEqual({ prompt_tokens, completion_tokens, tokens }, { prompt_tokens: 3, completion_tokens: 2, tokens: 5 });
    assert.ok(start > 1_600_000_000 && end >= start, `start ${start}, end ${end}`);
  });
  await check(about("feedback sets scores, tags and expected"), () => {
    assert.equal(top.scores?.correctness, 1);
    assert.deepEqual([...(top.tags ?? [])].sort(), program.tags);
    assert.deepEqual(top.expected, { a: "hey" });
  });
  await check(about("feedback leaves a comment of the end user"), () => {
    assert.equal(top.comments?.length, 1, JSON.stringify(top.comments));
    assert.match(JSON.stringify(top.comments[0]), new RegExp(`"${program.comment}"`));
    assert.match(JSON.stringify(top.comments[0]), new RegExp(program.endUser));
  });
  await check(about("the feedback's own metadata stays off the span"), () => assert.equal(top.metadata?.user_id, "u1"));
  await check(about("update_span adds metadata later"), () => assert.equal(top.metadata?.reviewed, true));
  await check(about("an exception is kept as the span's error"), () => {
    assert.match(typeof boom.error === "string" ? boom.error : JSON.stringify(boom.error), program.error);
    assert.ok(boom.metrics?.end >= boom.metrics?.start);
  });
  await check(about("fetch answers the same rows"), async () => {
    /** @type {any[]} */
    const events = [];
    let cursor = null;
    do {
      const answer = await server.call(key, "POST", `/v1/project_logs/${project}/fetch`, { limit: 1, cursor });
      events.push(...answer.events);
      cursor = answer.cursor;
    } while (cursor);
    const byId = (/** @type {any[]} */ list) => Object.fromEntries(list.map((row) => [row.id, row]));
    assert.equal(events.length, all.length, "rows, each once");
    assert.deepEqual(byId(events), byId(all));
  });
  await check(about("the summary counts the scores"), async () => {
    const { scores } = await server.call(key, "GET", `/v1/summary?object_type=project_logs&object_id=${project}`);
    assert.equal(scores.Preference?.count, 1);
    assert.equal(scores.Preference?.mean, 0.8);
    assert.equal(scores.correctness?.mean, 1);
  });
  await check(about("a filter finds the span"), async () => {
    const found = await rows(server, key, `select: * | from: project_logs('${project}') spans | filter: scores.Preference > 75% and tags includes 'Triage' | limit: 10`);
    assert.deepEqual(found.map((row) => row.id), [top.id]);
  });
  await check(about("the printed links lead to the span"), async () => {
    // The JavaScript SDK prints the project's name as it is while it does not know the project's id: inside quotation marks
    // a link may hold a space.
    const printed = [...ran.output.matchAll(/(?<=')https?:\/\/[^'\n]+|https?:\/\/[^\s'"]+/g)].map(([link]) => link);
    const links = [...new Set(printed)];
    assert.ok(links.length >= 1, ran.output);
    for (const link of links) {
      assert.equal(new URL(link).origin, server.origin, link);
      const answer = await fetch(link, { redirect: "manual", headers: { authorization: `Bearer ${key}`, accept: "text/html" } });
      const page = await answer.text();
      if (answer.status === 200) {
        assert.ok(page.includes(top.root_span_id), `${link} shows the span`);
        continue;
      }
      assert.ok(answer.status >= 300 && answer.status < 400, `${link} answered ${answer.status}`);
      const leads = new URL(answer.headers.get("location") ?? "", server.origin);
      assert.equal(leads.searchParams.get("r"), top.root_span_id, leads.href);
      assert.equal(leads.searchParams.get("s"), top.span_id, leads.href);
    }
  });
  await check(about("a person who is not signed in is asked to, and continues there"), async () => {
    const link = `/app/touchstone/object?object_type=project_logs&object_id=${project}&id=${top.id}`;
    const answer = await fetch(server.origin + link, { redirect: "manual", headers: { accept: "text/html" } });
    const leads = new URL(answer.headers.get("location") ?? "", server.origin);
    assert.equal(leads.pathname, "/login");
    assert.equal(leads.searchParams.get("next"), link);
  });
}

/** The programs that evaluate, and what each of their experiments has in the end. */
const EVALUATIONS = [
  { language: "Python", project: "Evals", command: python(), file: here("evaluate.py") },
  { language: "JavaScript", project: "Evals JS", command: process.execPath, file: here("evaluate.mjs") },
];

/** @param {Server} server @param {string} key @param {string} name @param {typeof EVALUATIONS[number]} program */
async function evaluation(server, key, name, program) {
  const about = (/** @type {string} */ what) => `${name}, ${program.language}, Eval: ${what}`;
  let output = "";
  await check(about("the program runs to its end"), async () => {
    const ran = await run(program, server.origin, key);
    output = ran.output;
    assert.equal(ran.code, 0, `it ended with ${ran.code}: ${ran.errors}`);
    assert.match(ran.output, /^DONE$/m, ran.output);
    assert.doesNotMatch(ran.output + ran.errors, /failed|error code|dropp|retry|warn/i, ran.output + ran.errors);
  });
  const list = async (/** @type {string} */ kind) => (await server.call(key, "GET", `/v1/${kind}?project_name=${encodeURIComponent(program.project)}`)).objects;
  const [fourth, third, second, first] = await list("experiment");
  await check(about("its experiments and its dataset exist once"), async () => {
    assert.deepEqual([first?.name, second?.name, third?.name, fourth?.name], ["e1", "e2-dataset", "e3-trace", "e4-version"]);
    assert.deepEqual((await list("dataset")).map((/** @type {any} */ dataset) => dataset.name), ["golden"]);
  });
  if (!first || !second || !third || !fourth) return;
  await check(about("each case is a trace with its task and its scorers"), async () => {
    const all = await rows(server, key, `select: * | from: experiment('${first.id}') spans | limit: 1000`);
    const types = all.map((row) => row.span_attributes?.type).sort();
    assert.deepEqual(types, [...Array(3).fill("eval"), ...Array(6).fill("score"), ...Array(3).fill("task")]);
    for (const root of all.filter((row) => row.is_root)) {
      assert.equal(root.output, root.input * 2);
      assert.equal(root.expected, root.output);
      assert.deepEqual(root.tags, [`t${root.input}`]);
    }
  });
  await check(about("the summary is what the program printed"), async () => {
    const { scores } = await server.call(key, "GET", `/v1/experiment/${first.id}/summarize?summarize_scores=true`);
    assert.deepEqual([scores.s1.score, scores.LenScore.score], [1, 0.5]);
    assert.match(output, /100\.00%/);
    assert.match(output, /experiment rows 12/);
  });
  await check(about("the second experiment is compared with the first"), async () => {
    const { scores, comparison_experiment_name: base } = await server.call(key, "GET", `/v1/experiment/${second.id}/summarize?summarize_scores=true&comparison_experiment_id=${first.id}`);
    assert.match(output, /e2-dataset compared to e1|e1 \(baseline\) <- e2-dataset/);
    assert.deepEqual([base, scores.s1.score, scores.s1.diff], ["e1", 0, -1]);
  });
  await check(about("rows of the dataset were inserted, changed and deleted, and are the cases of the second"), async () => {
    const [dataset] = await list("dataset");
    const { events } = await server.call(key, "POST", `/v1/dataset/${dataset.id}/fetch`, {});
    const cases = Object.fromEntries(events.map((/** @type {any} */ row) => [row.input.q, row.expected]));
    assert.deepEqual(cases, { 0: { a: 99 }, 1: { a: 1 } });
    const roots = (await rows(server, key, `select: * | from: experiment('${second.id}') spans | limit: 1000`)).filter((row) => row.is_root);
    assert.deepEqual(roots.map((row) => row.origin?.id).sort(), events.map((/** @type {any} */ row) => row.id).sort());
  });
  await check(about("the dataset is read as it was before that"), () => assert.match(output, /as it was \[0, ?1, ?2\]/));
  await check(about("a saved version is read by its id after the dataset changed, and Eval runs over it"), async () => {
    assert.match(output, /version rows \[0, ?1, ?2\]/);
    const [dataset] = await list("dataset");
    const { objects: [version] } = await server.call(key, "GET", `/v1/dataset_version?dataset_id=${dataset.id}`);
    assert.deepEqual([version.name, version.rows], ["first", 3]);
    const roots = (await rows(server, key, `select: * | from: experiment('${fourth.id}') spans | limit: 1000`)).filter((row) => row.is_root);
    assert.deepEqual(roots.map((row) => [row.input.q, row.expected.a]).sort(), [[0, 0], [1, 1], [2, 2]]);
    const { scores } = await server.call(key, "GET", `/v1/experiment/${fourth.id}/summarize?summarize_scores=true`);
    assert.equal(scores.s1.score, 1);
  });
  await check(about("a scorer reads the spans of its own trace while it runs"), async () => {
    const all = await rows(server, key, `select: * | from: experiment('${third.id}') spans | filter: scores.calls is not null | limit: 100`);
    const said = all.map((row) => [row.scores.calls, row.metadata.outputs]).sort();
    assert.deepEqual(said, [[0.5, ["0"]], [0.5, ["1"]]]);
    const [summed] = await rows(server, key, `select: scores | from: experiment('${third.id}') summary | limit: 1`);
    assert.deepEqual(summed.scores, { calls: 0.5 });
  });
  await check(about("the printed links lead to pages"), async () => {
    const links = [...new Set([...output.matchAll(/https?:\/\/[^\s'",}]+/g)].map(([link]) => link))];
    assert.ok(links.some((link) => link.includes("/experiments/e1")), output);
    for (const link of links) {
      const answer = await fetch(link, { headers: { authorization: `Bearer ${key}`, accept: "text/html" } });
      assert.equal(answer.status, 200, link);
    }
  });
}

/** The programs that attach a file and load a prompt and parameters. */
const ASSETS = [
  { language: "Python", project: "Assets", command: python(), file: here("attachments_and_prompts.py") },
  { language: "JavaScript", project: "Assets JS", command: process.execPath, file: here("attachments_and_prompts.mjs") },
];

/** @param {Server} server @param {string} key @param {string} name @param {typeof ASSETS[number]} program */
async function assets(server, key, name, program) {
  const about = (/** @type {string} */ what) => `${name}, ${program.language}, attachments and prompts: ${what}`;
  const project = (await server.call(key, "POST", "/v1/project", { name: program.project })).id;
  const messages = [{ role: "user", content: "Hi {{name}}" }];
  await server.call(key, "POST", "/v1/prompt", {
    project_id: project, name: "Greet", slug: "greet", prompt_data: { prompt: { type: "chat", messages }, options: { model: "m" } },
  });
  const schema = { type: "object", properties: { temp: { type: "number" } } };
  await server.call(key, "POST", "/v1/function", {
    project_id: project, name: "Parameters", slug: "par", function_type: "parameters", function_data: { type: "parameters", data: { temp: 0.5 }, __schema: schema },
  });
  await check(about("the program loads both and runs to its end"), async () => {
    const ran = await run(program, server.origin, key);
    assert.equal(ran.code, 0, `it ended with ${ran.code}: ${ran.errors}`);
    assert.match(ran.output, /^prompt Hi Bob$/m, ran.output);
    assert.match(ran.output, /^parameters 0.5$/m, ran.output);
    assert.doesNotMatch(ran.output + ran.errors, /failed|error code|dropp|retry|warn/i, ran.output + ran.errors);
  });
  await check(about("the file is here, and is read by a link"), async () => {
    const [row] = await rows(server, key, `select: * | from: project_logs('${project}') spans | filter: span_attributes.name = 'attached' | limit: 1`);
    const { type, filename, content_type, key: attachment } = row.input;
    assert.deepEqual({ type, filename, content_type }, { type: "braintrust_attachment", filename: "a.txt", content_type: "text/plain" });
    const { downloadUrl, status } = await server.call(key, "GET", `/attachment?key=${attachment}&filename=a.txt&content_type=text/plain`);
    assert.deepEqual(status, { upload_status: "done" });
    assert.equal(await (await fetch(downloadUrl)).text(), "hello bytes");
  });
}

/** @param {Server} server @param {string} key @param {string} name */
async function otherClients(server, key, name) {
  await check(`${name}, Python 0.3: the program logs, evaluates and reads back`, async () => {
    const ran = await run({ command: python(), file: here("legacy.py"), packages: here("../.venv/legacy") }, server.origin, key);
    assert.equal(ran.code, 0, `it ended with ${ran.code}: ${ran.errors}`);
    for (const line of [/rows \[\{'a': 1\}\]/, /experiment rows 9/, /^DONE$/m]) assert.match(ran.output, line);
    const { objects: [project] } = await server.call(key, "GET", "/v1/project?project_name=Legacy");
    const found = await rows(server, key, `select: * | from: project_logs('${project.id}') spans | limit: 100`);
    const [top, call] = [found.find((row) => row.is_root), found.find((row) => !row.is_root)];
    assert.deepEqual([top.scores, top.tags, top.comments.length, call.metrics.tokens], [{ Preference: 0.8, correctness: 1 }, ["Triage"], 1, 5]);
    const { objects: [experiment] } = await server.call(key, "GET", "/v1/experiment?project_name=Legacy");
    const { scores } = await server.call(key, "GET", `/v1/experiment/${experiment.id}/summarize?summarize_scores=true`);
    assert.equal(scores.exact.score, 1);
  });
  await check(`${name}, REST client: lists end, pages hold everything once`, async () => {
    const ran = await run({ command: python(), file: here("rest.py") }, server.origin, key);
    assert.equal(ran.code, 0, `it ended with ${ran.code}: ${ran.errors}`);
    const ids = [0, 1, 2, 3, 4, 5, 6].map((number) => `'r${number}'`).join(", ");
    const expected = [
      `projects ['REST', 'REST 0', 'REST 1', 'REST 2', 'REST 3', 'REST 4']`, `rows [${ids}]`, `fetched [${ids}]`, "matching ['r0'] ['r0']", "summary 0.5", "datasets 4", "prompts 1", "DONE",
    ];
    assert.deepEqual(ran.output.trim().split("\n"), expected);
  });
}

/** @param {"sqlite" | "postgresql"} database @param {string} name */
async function installation(database, name) {
  const server = await Server.start(database);
  try {
    server.addPerson(OWNER, "Olga Owner", "owner");
    const key = server.createKey(OWNER);
    for (const program of PROGRAMS) await sdk(server, key, name, program);
    for (const program of EVALUATIONS) await evaluation(server, key, name, program);
    for (const program of ASSETS) await assets(server, key, name, program);
    await otherClients(server, key, name);
    await check(`${name}: everything fits together afterwards`, () => server.verify());
    await check(`${name}: a wrong key is refused`, async () => {
      const answer = await fetch(`${server.origin}/logs3`, { method: "POST", headers: { authorization: "Bearer ts_wrong" }, body: '{"rows":[]}' });
      assert.equal(answer.status, 401);
    });
  } finally {
    await server.remove();
  }
}

const databases = /** @type {const} */ ([["sqlite", "SQLite"], ["postgresql", "PostgreSQL"]]);
for (const [database, name] of databases) {
  if (database === "postgresql" && !process.env.TEST_DATABASE_URL) {
    console.log("skip  PostgreSQL: TEST_DATABASE_URL is not set");
    tally.skipped += 1;
    continue;
  }
  try {
    await installation(database, name);
  } catch (error) {
    tally.failed += 1;
    console.log(`FAIL  ${name}: ${error instanceof Error ? error.stack : error}`);
  }
}
console.log(`${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`);
process.exitCode = tally.failed === 0 ? 0 : 1;
