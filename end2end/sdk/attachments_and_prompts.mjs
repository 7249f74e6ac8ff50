import { Attachment, initLogger, loadParameters, loadPrompt } from "braintrust";

const logger = initLogger({ projectName: "Assets JS" });
const attachment = new Attachment({ data: new Blob(["hello bytes"]), filename: "a.txt", contentType: "text/plain" });
await logger.traced(async (span) => span.log({ input: attachment }), { name: "attached" });
await logger.flush();
const prompt = await loadPrompt({ projectName: "Assets JS", slug: "greet" });
console.log("prompt", prompt.build({ name: "Bob" }).messages[0].content);
const parameters = await loadParameters({ projectName: "Assets JS", slug: "par" });
console.log("parameters", JSON.stringify(parameters).includes("0.5") ? 0.5 : JSON.stringify(parameters));
console.log("DONE");
