// Evaluates one case after the other, each once a line arrives on standard input.

import { createInterface } from "node:readline";
import { Eval } from "braintrust";

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const [project = "Evals JS"] = process.argv.slice(2);
const task = async (/** @type {number} */ input) => {
  console.log(`case ${input} waits`);
  await lines.next();
  return input;
};
await Eval(project, {
  experimentName: "slow",
  data: () => [0, 1, 2].map((input) => ({ input, expected: input === 1 ? 0 : input })),
  task,
  scores: [({ output, expected }) => ({ name: "exact", score: output === expected ? 1 : 0 })],
  maxConcurrency: 1,
});
process.exit(0);
