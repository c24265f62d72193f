import assert from "node:assert/strict";
import { hostBeside, safeAddress } from "./links.ts";

Deno.test("a link that says another address is shown with its own", () => {
  assert.equal(hostBeside("https://evil.example/", "https://bank.example"), "evil.example");
  assert.equal(hostBeside("https://evil.example/", "click"), "evil.example");
});

Deno.test("a link that says where it leads needs no more words", () => {
  assert.equal(hostBeside("https://docs.example/a", "https://docs.example/a"), "");
});

Deno.test("a host in other letters is told in those that the browser goes by", () => {
  assert.match(hostBeside(safeAddress("https://раypal.example/") ?? "", "PayPal"), /^xn--/);
});

for (
  const address of [
    "javascript:alert(1)",
    "data:text/html,x",
    " java\nscript:alert(1)",
    "/sign-in?token=x",
    "",
    undefined,
  ]
) {
  Deno.test(`${JSON.stringify(address)} is no link`, () => assert.equal(safeAddress(address), null));
}
