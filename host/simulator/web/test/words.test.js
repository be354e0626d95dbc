import assert from "node:assert/strict";
import { test } from "node:test";
import { linked, replaced } from "../messages/words.js";
import { substituted } from "../messages/text-v2.js";
import { line } from "../messages/message.js";
import { link, media } from "../urls.js";
import { nodes, text } from "./tree.js";

test("links are found, without the stop after them", () => {
  const drawn = linked("See https://example.com/a?b=1. Or not");
  assert.deepEqual(nodes(drawn).map((node) => node.props.href), ["https://example.com/a?b=1"]);
  assert.equal(text(drawn), "See https://example.com/a?b=1. Or not");
});

test("things stand in place of their units", () => {
  const drawn = replaced("a$b", [{ index: 1, length: 1, shown: "♥" }]);
  assert.equal(text(drawn), "a♥b");
});

test("placeholders are substituted, and doubled braces are braces", () => {
  const message = { text: "{{x}} {who}!", substitution: { who: { type: "mention", mentionee: { type: "user", userId: "U1" } } } };
  assert.equal(text(substituted(message, () => "Ann")), "{x} @Ann!");
});

test("a name of an object's own is no substitution", () => {
  assert.equal(text(substituted({ text: "{constructor}", substitution: {} }, String)), "{constructor}");
});

test("every type is said in a line", () => {
  assert.equal(line({ type: "flex", altText: "A menu" }), "A menu");
  assert.equal(line({ type: "text", text: "hi" }), "hi");
  assert.equal(line({ type: "new thing" }), "new thing");
  assert.equal(line(undefined), "");
});

test("URLs have the schemes that LINE takes", () => {
  assert.equal(link("line://nv/chat"), "line://nv/chat");
  for (const evil of ["javascript:1", "data:text/html,x", "file:///etc/passwd", "no url", 7, undefined]) {
    assert.equal(link(evil), null);
    assert.equal(media(evil), null);
  }
  assert.equal(media("tel:1"), null);
});
