import * as bt from "braintrust";
import { createRequire } from "module";
const { initLogger, initDataset, Eval, loadPrompt, loadParameters, Attachment, init, updateSpan } = bt;
const lg = initLogger({ projectName: "Demo JS" });
let rid, exported, link;
await lg.traced(async (span) => {
  span.log({ input: { q: "hi" }, metadata: { user_id: "u1" }, tags: ["Triage"] });
  await span.traced(async (c) => { c.log({ input: [{ role: "user", content: "hi" }], output: [{ role: "assistant", content: "yo" }], metrics: { prompt_tokens: 3, completion_tokens: 2, tokens: 5 } }); await c.traced(async t => t.log({ input: 1, output: 2 }), { name: "tool", type: "tool" }); }, { name: "llm", type: "llm" });
  span.log({ output: { a: "yo" }, scores: { Preference: 0.8 } });
  rid = span.id; exported = await span.export(); link = [await span.permalink(), span.link()];
}, { name: "request", type: "task" });
console.log(link, exported);
await lg.traced(async () => { throw new Error("bad"); }, { name: "boom" }).catch(() => {});
await lg.flush();
lg.logFeedback({ id: rid, scores: { correctness: 1 }, expected: { a: "hey" }, comment: "great", metadata: { user_id: "eu" }, tags: ["user-feedback"], source: "external" });
await lg.flush();
updateSpan({ exported, metadata: { reviewed: true } }); await lg.flush();
if (lg.info) { try { lg.info("log line"); await lg.flush(); } catch (e) { console.log(e) } }
console.log("DONE");
