import assert from "node:assert/strict";
import { blocksOf } from "./blocks.ts";

Deno.test("paragraphs are cut at blank lines", () => {
  assert.deepEqual(blocksOf("one\nstill one\n\ntwo"), ["one\nstill one\n", "two"]);
});

Deno.test("a fence isn't cut, also while it is still open", () => {
  assert.equal(blocksOf("```python\na\n\nb\n```").length, 1);
  assert.equal(blocksOf("```python\na\n\nb").length, 1);
});

Deno.test("a fence within a longer one doesn't end it", () => {
  assert.equal(blocksOf("````\n```\n\n```\n\nx\n````").length, 1);
});

Deno.test("the items of a list stay together, and what is indented below them", () => {
  assert.equal(blocksOf("1. one\n\n   more of it\n\n2. two").length, 1);
});

Deno.test("nothing is lost, whatever it is", () => {
  const text = "# a\n\n- b\n\n- c\n\nd\n```\n\ne\n\n```\nf\n\n\n\ng";
  assert.equal(blocksOf(text).join("\n"), text);
});
