import assert from "node:assert/strict";
import { test } from "node:test";
import { effect } from "../effects.js";

const cases = [
  ["a message is said", { type: "message", text: "hi" },
    { acts: [{ event: { type: "message", message: { type: "text", text: "hi" } } }] }],
  ["a postback tells its data, and shows what it displays", { type: "postback", data: "a=1", displayText: "A" },
    { acts: [{ event: { type: "postback", postback: { data: "a=1", params: undefined } }, displayText: "A" }] }],
  ["a date is asked for", { type: "datetimepicker", data: "d", mode: "date" }, { ask: "datetime" }],
  ["a link is opened", { type: "uri", uri: "https://example.com/" }, { open: "https://example.com/" }],
  ["a phone number is opened", { type: "uri", uri: "tel:+81312345678" }, { open: "tel:+81312345678" }],
  ["a script is no link", { type: "uri", uri: "javascript:alert(1)" }, { unknown: "javascript:alert(1)" }],
  ["a text is copied", { type: "clipboard", clipboardText: "code" }, { copy: "code" }],
  ["a camera is asked for", { type: "camera" }, { ask: "camera" }],
  ["a place is asked for", { type: "location" }, { ask: "location" }],
  ["what LINE does not have is not done", { type: "explode" }, { unknown: "explode" }],
];
for (const [name, action, expected] of cases) {
  test(name, () => assert.deepEqual(effect(action), expected));
}

test("a picked date is told with the data", () => {
  const { acts } = effect({ type: "datetimepicker", data: "d", mode: "date" }, { date: "2026-12-24" });
  assert.deepEqual(acts[0].event.postback, { data: "d", params: { date: "2026-12-24" } });
});

test("a postback opens and closes what it says", () => {
  assert.equal(effect({ type: "postback", data: "", inputOption: "closeRichMenu" }).menu, "close");
  assert.equal(effect({ type: "postback", data: "", inputOption: "openRichMenu" }).menu, "open");
  assert.equal(effect({ type: "postback", data: "", inputOption: "openKeyboard", fillInText: "x" }).keyboard, "x");
  assert.equal(effect({ type: "postback", data: "", inputOption: "openVoice" }).voice, true);
});

test("the deprecated text of a postback is said too", () => {
  const { acts } = effect({ type: "postback", data: "a", text: "A" });
  assert.deepEqual(acts.map((act) => act.event.type), ["message", "postback"]);
});
