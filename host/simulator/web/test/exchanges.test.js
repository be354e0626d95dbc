import assert from "node:assert/strict";
import { test } from "node:test";
import { curl, exchanges, title } from "../exchanges.js";

const user = `U${"0".repeat(32)}`;
const webhook = (seq, time, token) => ({
  seq, time, type: "webhook", url: "http://127.0.0.1/hook", signature: "sig=",
  body: JSON.stringify({ events: [{ type: "message", replyToken: token, source: { userId: user }, message: { type: "text", text: "it's" } }] }),
});
const reply = (seq, time, replyToken) => ({ seq, time, type: "call", method: "POST", path: "/v2/bot/message/reply", body: { replyToken, messages: [{ type: "text", text: "ok" }] } });
const groups = (entries) => exchanges(entries).map((group) => group.map((entry) => entry.seq));

test("a reply stands with the webhook that it answers", () => {
  // The webhook's answer came after the reply, so it was logged later.
  assert.deepEqual(groups([reply(1, 12, "a"), webhook(2, 10, "a"), webhook(3, 11, "b"), reply(4, 13, "b")]), [[2, 1], [3, 4]]);
});

test("a push stands with the last webhook of its user, for a while", () => {
  const push = (seq, time) => ({ seq, time, type: "call", method: "POST", path: "/v2/bot/message/push", body: { to: user } });
  assert.deepEqual(groups([webhook(1, 10, "a"), push(2, 500), push(3, 90_000)]), [[1, 2], [3]]);
});

test("a profile is asked for because of its user", () => {
  const profile = { seq: 2, time: 11, type: "call", method: "GET", path: `/v2/bot/profile/${user}` };
  assert.deepEqual(groups([webhook(1, 10, "a"), profile]), [[1, 2]]);
  assert.equal(title(profile).kind, "GET profile/U0000…");
});

test("a note stands with the event that it names", () => {
  const named = { ...webhook(1, 10, "a"), body: JSON.stringify({ events: [{ type: "follow", webhookEventId: "e1" }] }) };
  const note = (seq, id) => ({ seq, time: 500_000, type: "note", kind: "failure", text: "x", webhookEventId: id });
  assert.deepEqual(groups([named, note(2, "e1"), note(3, undefined)]), [[1, 2], [3]]);
});

test("a command has what was sent, safe from the shell", () => {
  const command = curl(webhook(1, 10, "a"), "http://127.0.0.1:8090", "token");
  assert.ok(command.includes("-H 'x-line-signature: sig='"));
  assert.ok(command.includes(`"text":"it'\\''s"`));
  assert.ok(curl(reply(1, 1, "a"), "http://127.0.0.1:8090", "token").startsWith("curl -X 'POST' 'http://127.0.0.1:8090/v2/bot/message/reply'"));
  // HTTP allows more in a method than a shell does.
  const odd = { ...reply(1, 1, "a"), method: "A'`id`|B" };
  assert.ok(curl(odd, "http://127.0.0.1:8090", "token").startsWith("curl -X 'A'\\''`id`|B' 'http"));
});
