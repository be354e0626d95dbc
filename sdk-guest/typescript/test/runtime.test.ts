import assert from "node:assert/strict";
import { test } from "node:test";

import { SourceMap, mapText } from "../src/runtime/stack.js";
import { structuredClone as cloned } from "../src/runtime/structured-clone.js";
import { TextDecoder as Decoder, TextEncoder as Encoder } from "../src/runtime/text.js";

test("text is UTF-8 as elsewhere", () => {
  for (const text of ["", "plain", "日本語 👋 é", "\ud800 half", "x".repeat(100_000)]) {
    const bytes = new Encoder().encode(text);
    assert.deepEqual(bytes, new TextEncoder().encode(text));
    assert.equal(new Decoder().decode(bytes), new TextDecoder().decode(bytes));
  }
  const into = new Uint8Array(4);
  assert.deepEqual(new Encoder().encodeInto("aé👋", into), { read: 2, written: 3 });
});

test("what is no UTF-8 is replaced as elsewhere", () => {
  let seed = 1;
  const random = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed;
  };
  for (let round = 0; round < 20_000; round += 1) {
    const bytes = Uint8Array.from({ length: random() % 8 }, () => (random() % 3 === 0 ? random() : 0x80 | random()) & 0xff);
    assert.equal(new Decoder().decode(bytes), new TextDecoder().decode(bytes), `${[...bytes]}`);
  }
  assert.throws(() => new Decoder("utf-8", { fatal: true }).decode(Uint8Array.of(0xff)), /no UTF-8 at 0/);
  assert.throws(() => new Decoder("shift-jis"), /only UTF-8/);
});

test("clones are deep", () => {
  const original: Record<string, unknown> = {
    map: new Map([["a", new Set([1])]]),
    date: new Date(5),
    bytes: Uint8Array.of(1, 2),
    error: new RangeError("far"),
    pattern: /x/gi,
  };
  original["self"] = original;
  const clone = cloned(original);
  assert.deepEqual(clone, original);
  assert.notEqual(clone["map"], original["map"]);
  assert.equal(clone["self"], clone);
  assert.throws(() => cloned({ f: () => undefined }), { name: "DataCloneError" });
});

test("places of the bundle are told as places of sources", () => {
  // The second line's fifth column comes from the third line's second column.
  const map = new SourceMap({ sources: ["src/bot.ts"], mappings: ";IAEC" });
  const text = "Error: x\n    at f (componentize-qjs:user.js:2:6)\n    at componentize-qjs:user.js:1:1";
  assert.equal(mapText(text, map), "Error: x\n    at f (src/bot.ts:3:2)\n    at componentize-qjs:user.js:1:1");
});
