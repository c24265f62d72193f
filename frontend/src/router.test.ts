import assert from "node:assert/strict";
import { routeOf } from "./router.tsx";

Deno.test("each address has its view", () => {
  assert.deepEqual(routeOf("/"), { view: "chat", thread: null });
  assert.deepEqual(routeOf("/chat/t1"), { view: "chat", thread: "t1" });
  assert.deepEqual(routeOf("/jobs"), { view: "jobs", job: null });
  assert.deepEqual(routeOf("/circuits/a%20b"), { view: "circuits", circuit: "a b" });
});

Deno.test("an address that can't be read is no crash", () => {
  assert.deepEqual(routeOf("/chat/%E0%A4%A"), { view: "chat", thread: "%E0%A4%A" });
});
