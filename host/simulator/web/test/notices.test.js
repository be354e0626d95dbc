import assert from "node:assert/strict";
import { test } from "node:test";
import { happenings, interleave } from "../notices.js";

const webhook = (seq, ...events) => ({ seq, type: "webhook", time: seq, body: JSON.stringify({ events }) });
const source = { type: "user", userId: "U1" };

test("notices are of the chat, and of what is no message", () => {
  const found = happenings([
    webhook(1, { type: "follow", source, timestamp: 5, webhookEventId: "a" }, { type: "follow", source: { userId: "U2" } }),
    webhook(2, { type: "message", source, message: { id: "m" } }),
    webhook(3, { type: "unsend", source, unsend: { messageId: "m" } }),
    { seq: 4, type: "call" },
  ], "U1");
  assert.deepEqual(found.notices.map((notice) => notice.key), ["a"]);
  assert.equal(found.told.get("m").seq, 2);
  assert.ok(found.unsent.has("m"));
});

test("a redelivered event did not happen again", () => {
  const again = { type: "follow", source, deliveryContext: { isRedelivery: true } };
  assert.deepEqual(happenings([webhook(1, again)], "U1").notices, []);
});

test("a body that is no JSON tells nothing", () => {
  assert.deepEqual(happenings([{ seq: 1, type: "webhook", body: "?" }], "U1").notices, []);
});

test("messages and notices are in the order of time", () => {
  const at = (timestamp) => ({ timestamp });
  const merged = interleave([at(1), at(3), at(5)], [at(6), at(2)]);
  assert.deepEqual(merged.map((it) => it.timestamp), [1, 2, 3, 5, 6]);
});
