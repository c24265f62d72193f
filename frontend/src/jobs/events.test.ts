import assert from "node:assert/strict";
import { heard, SILENCE } from "./events.ts";

Deno.test("lines of output add up, and what is too old is let go", () => {
  const one = heard(SILENCE, { type: "log", text: "a" });
  assert.equal(heard(one, { type: "log", text: "b" }).output, "ab");
  assert.equal(heard(one, { type: "log", text: "x".repeat(200_000) }).output.length, 100_000);
});

Deno.test("an ending ends it, whatever is told after", () => {
  const ended = heard(SILENCE, { type: "failed" });
  assert.equal(heard(ended, { type: "progress" }).ended, true);
});
