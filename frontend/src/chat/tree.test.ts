import assert from "node:assert/strict";
import type { StoredMessage } from "../api/types.ts";
import { lastBelow, pathTo, shownBranch, siblingsOf } from "./tree.ts";

const message = (id: string, parent: string | null, role: "user" | "assistant"): StoredMessage => ({
  id,
  parent,
  role,
  state: "complete",
  parts: [],
  model: "",
  created_at: "",
});
const messages = [
  message("q1", null, "user"),
  message("a1", "q1", "assistant"),
  message("q2", "a1", "user"),
  message("a2", "q2", "assistant"),
  message("b1", "q1", "assistant"),
];
const ids = (path: StoredMessage[]) => path.map((one) => one.id);

Deno.test("a path goes from the first message to the one that is asked for", () => {
  assert.deepEqual(ids(pathTo(messages, "a2")), ["q1", "a1", "q2", "a2"]);
});

Deno.test("while an answer is under way, its question is the end", () => {
  const waiting = message("q3", "not there yet", "user");
  const runs = [{ id: "r", state: "running", question: "q2", answer: "x" }, {
    id: "s",
    state: "queued",
    question: "q3",
    answer: "y",
  }];
  assert.deepEqual(ids(shownBranch({ messages: [...messages, waiting], branch: ["q3"] }, runs)), ["q1", "a1", "q2"]);
});

Deno.test("answers to the same question stand beside each other", () => {
  assert.deepEqual(siblingsOf(messages, "b1"), { ids: ["a1", "b1"], place: 1 });
});

Deno.test("a message that isn't known has no others beside it", () => {
  assert.deepEqual(siblingsOf(messages, "new"), { ids: ["new"], place: 0 });
});

Deno.test("another branch is opened at its end", () => {
  assert.equal(lastBelow(messages, "a1"), "a2");
  assert.equal(lastBelow(messages, "b1"), "b1");
});

Deno.test("a tree that bites its tail ends", () => {
  const round = [message("x", "y", "user"), message("y", "x", "assistant")];
  assert.equal(pathTo(round, "x").length, 2);
  assert.ok(["x", "y"].includes(lastBelow(round, "x")));
});
