// The AI SDK's own classes at our door: what they heard goes to stdout as JSON.
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateText, streamText } from "ai";

const [baseURL, apiKey, prompt] = Deno.args;
const neuroagent = createOpenAICompatible({ name: "neuroagent", baseURL, apiKey, includeUsage: true });
const model = neuroagent("built-in");

const whole = await generateText({ model, prompt });

const errors = [];
const streamed = streamText({ model, prompt, onError: ({ error }) => errors.push(String(error)) });
const types = new Set();
let text = "", reasoning = "";
for await (const part of streamed.fullStream) {
  types.add(part.type);
  if (part.type === "text-delta") text += part.text;
  if (part.type === "reasoning-delta") reasoning += part.text;
}
console.log(JSON.stringify({
  whole: { text: whole.text, reasoning: whole.reasoningText, reason: whole.finishReason, calls: whole.toolCalls.length },
  streamed: { text, reasoning, types: [...types], reason: await streamed.finishReason, usage: await streamed.usage },
  errors,
}));
