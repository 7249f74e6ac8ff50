// Questions of every kind, made as a script makes them, and rows that they are asked about.

import type { Installation, Project } from "./fixtures.js";
import { root } from "./rows.mjs";

/** Makes a question as a script does. */
export function make(installation: Installation, project: Project, name: string, rest: object): Promise<any> {
  return installation.call("POST", "/v1/project_score", { project_id: project.id, name, ...rest });
}

/** One option, which is written to expected. */
export const TO_EXPECTED = { score_type: "categorical", categories: ["billing", "bug", "praise"], config: { destination: "expected" } };
/** Several options, which are written to expected. */
export const SEVERAL = { score_type: "categorical", categories: ["warranty", "delivery", "payment"], config: { destination: "expected", multi_select: true } };
/** A text at a place in metadata. */
export const TEXT = { score_type: "free-form", config: { destination: "metadata.review.reason" } };

/** A project with a trace, and the address at which it is open. */
export async function withTrace(installation: Installation, project: Project, fields: object = {}) {
  const sent = root(project.id, fields);
  await installation.sendTraces([sent]);
  return { sent, address: project.page(`logs?r=${sent.root_span_id}`) };
}

/** The row as the interface gives it. */
export async function fetched(installation: Installation, project: Project, id: string): Promise<any> {
  const { events } = await installation.call("GET", `/v1/project_logs/${project.id}/fetch`);
  return events.find((event: { id: string }) => event.id === id);
}
