import * as bt from "braintrust";
const { initDataset, Eval, init } = bt;
const r = await Eval("Evals JS", { experimentName: "e1", data: () => [0, 1, 2].map(i => ({ input: i, expected: i * 2, metadata: { k: i }, tags: ["t" + i] })), task: (i) => i * 2,
  scores: [({ output, expected }) => ({ name: "s1", score: output === expected ? 1 : 0 }), () => ({ name: "LenScore", score: 0.5, metadata: { why: "half" } })] });
console.log(String(r));
const ds = initDataset({ project: "Evals JS", dataset: "golden", description: "d", metadata: { a: 1 } });
const ids = [0, 1, 2].map(i => ds.insert({ input: { q: i }, expected: { a: i }, metadata: { n: i }, tags: ["x"] }));
await ds.flush();
const before = await initDataset({ project: "Evals JS", dataset: "golden" }).version();
const saved = await fetch(`${process.env.BRAINTRUST_API_URL}/v1/dataset_version`, {
  method: "POST",
  headers: { authorization: `Bearer ${process.env.BRAINTRUST_API_KEY}`, "content-type": "application/json" },
  body: JSON.stringify({ dataset_id: await ds.id, name: "first" }),
});
const version = (await saved.json()).xact_id;
ds.update({ id: ids[0], expected: { a: 99 } }); ds.delete(ids[2]); await ds.flush();
const ds2 = initDataset({ project: "Evals JS", dataset: "golden" });
for await (const row of ds2.fetch()) console.log("row", row.id, JSON.stringify(row.expected));
console.log("version", await ds2.version()); console.log(await ds2.summarize());
const then = [];
for await (const row of initDataset({ project: "Evals JS", dataset: "golden", version: before }).fetch()) then.push(row.expected.a);
console.log("as it was", JSON.stringify(then.sort()));
const r2 = await Eval("Evals JS", { experimentName: "e2-dataset", data: initDataset({ project: "Evals JS", dataset: "golden" }), task: (i) => i, scores: [() => ({ name: "s1", score: 0 })] });
const ex = init("Evals JS", { experiment: "e1", open: true }); let n = 0; for await (const _ of ex) n++; console.log("experiment rows", n);
const task = async (/** @type {number} */ input) => {
  const call = bt.startSpan({ name: "model", type: "llm" });
  call.log({ input: [{ role: "user", content: String(input) }], output: String(input) });
  call.end();
  return String(input);
};
const calls = async (/** @type {any} */ { trace }) => {
  const spans = await trace.getSpans({ spanType: ["llm"] });
  return { name: "calls", score: spans.length / 2, metadata: { outputs: spans.map((/** @type {any} */ span) => span.output) } };
};
// Without its cache of what it sent itself, the SDK asks the server.
await Eval("Evals JS", { experimentName: "e3-trace", data: () => [0, 1].map((input) => ({ input })), task, scores: [calls] }, { enableCache: false });
// The rows as they were when the version was saved.
const named = [];
for await (const row of initDataset({ project: "Evals JS", dataset: "golden", version }).fetch()) named.push(row.expected.a);
console.log("version rows", JSON.stringify(named.sort()));
await Eval("Evals JS", {
  experimentName: "e4-version", data: initDataset({ project: "Evals JS", dataset: "golden", version }), task: (/** @type {any} */ input) => ({ a: input.q }),
  scores: [({ output, expected }) => ({ name: "s1", score: output.a === expected.a ? 1 : 0 })],
});
console.log("DONE");
