import assert from "node:assert/strict";
import { figureCsv, unpacked } from "./figure_csv.ts";

Deno.test("packed numbers are unpacked", () => {
  const bdata = btoa(String.fromCharCode(...new Uint8Array(new Float64Array([1.5, -2]).buffer)));
  assert.deepEqual(unpacked({ dtype: "f8", bdata }), [1.5, -2]);
});

Deno.test("a kind of number that nobody knows is left out", () => {
  assert.deepEqual(unpacked({ dtype: "c16", bdata: "AAAA" }), []);
});

Deno.test("each point is a row with the name of its trace", () => {
  const figure = { data: [{ name: "a", x: [1, 2], y: [3] }, { x: ["z"] }] };
  assert.equal(figureCsv(figure), "trace,x,y\r\na,1,3\r\na,2,\r\ntrace 2,z,\r\n");
});
