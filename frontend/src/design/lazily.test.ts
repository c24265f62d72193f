import assert from "node:assert/strict";
import { persistently } from "./lazily.tsx";

Deno.test("what can't be loaded at first is tried again", async () => {
  let tries = 0;
  const load = () => (++tries < 3 ? Promise.reject(new TypeError("offline")) : Promise.resolve("there"));
  assert.equal(await persistently(load, [1, 1, 1]), "there");
});

Deno.test("what can't be loaded at all is said in the end", async () => {
  await assert.rejects(persistently(() => Promise.reject(new TypeError("gone")), [1]), /gone/);
});
