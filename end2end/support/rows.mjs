// Rows as SDKs send them.

import { randomBytes, randomUUID } from "node:crypto";

const hex = (/** @type {number} */ bytes) => randomBytes(bytes).toString("hex");

/**
 * A root span with its end, in the logs of a project.
 * @param {string} project the project's id
 * @param {Record<string, any>} [fields] what differs
 * @returns {Record<string, any>}
 */
export function root(project, fields = {}) {
  const { name = "request", type = "task", created = new Date(), ...others } = fields;
  const start = created.getTime() / 1000;
  return {
    id: randomUUID(),
    project_id: project,
    log_id: "g",
    span_id: hex(8),
    root_span_id: hex(16),
    created: created.toISOString(),
    span_attributes: { name, type },
    metrics: { start, end: start + 1.25 },
    input: "What is the capital of France?",
    output: "Paris.",
    ...others,
  };
}

/**
 * A span below another.
 * @param {Record<string, any>} parent
 * @param {Record<string, any>} [fields]
 * @returns {Record<string, any>}
 */
export function child(parent, fields = {}) {
  return root(parent.project_id, {
    name: "llm call",
    type: "llm",
    created: new Date(Date.parse(parent.created) + 1),
    root_span_id: parent.root_span_id,
    span_parents: [parent.span_id],
    ...fields,
  });
}

/**
 * Many traces, a second apart, the last one the newest.
 * @param {string} project @param {number} count @param {(index: number) => Record<string, any>} fields
 * @returns {Record<string, any>[]}
 */
export function many(project, count, fields) {
  const now = Date.now();
  return Array.from({ length: count }, (_, index) => root(project, { created: new Date(now - (count - index) * 1000), ...fields(index) }));
}

/**
 * A list in pieces.
 * @template T
 * @param {T[]} items @param {number} size
 * @returns {T[][]}
 */
export function batches(items, size) {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}
