import assert from "node:assert/strict";
import { errorOf, said } from "./http.ts";

Deno.test("the app's sentence and request id are kept", () => {
  const body = JSON.stringify({ error: { code: "conflict", message: "It was so.", request_id: "r1" } });
  const error = errorOf(409, body);
  assert.deepEqual([error.status, error.code, said(error), error.requestId], [409, "conflict", "It was so.", "r1"]);
});

Deno.test("a proxy's page is not shown", () => {
  assert.equal(errorOf(502, "<html>Bad gateway").message, "The server answered with status 502.");
});

Deno.test("nobody answered: that is said", () => {
  assert.equal(said(new TypeError("Failed to fetch")), "The server can't be reached.");
});
