import assert from "node:assert/strict";
import { csv, filtered, sorted } from "./tables.ts";

const rows = [["b10", 2], ["b9", 10], [null, 1]] as (string | number | null)[][];

Deno.test("numbers sort as numbers, and text with numbers in it too", () => {
  assert.deepEqual(sorted(rows, { column: 1, descending: true }).map((row) => row[1]), [10, 2, 1]);
  assert.deepEqual(sorted(rows, { column: 0, descending: false }).map((row) => row[0]), ["b9", "b10", null]);
});

Deno.test("what is missing comes last, whichever way", () => {
  assert.equal(sorted(rows, { column: 0, descending: true }).at(-1)?.[0], null);
});

Deno.test("every word has to be in the row, in whichever column", () => {
  assert.deepEqual(filtered(rows, "B 10"), [["b10", 2], ["b9", 10]]);
  assert.deepEqual(filtered(rows, "b9 2"), []);
});

Deno.test("a file quotes what has to be quoted, and disarms a formula", () => {
  assert.equal(csv(["a,b", "c"], [['say "x"', "=1+1"], [null, -1]]), '"a,b",c\r\n"say ""x""",\'=1+1\r\n,-1\r\n');
});
