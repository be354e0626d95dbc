import assert from "node:assert/strict";
import { test } from "node:test";

import { events, FakeHost } from "@botbox/sdk/testing";

import bot from "./index.js";

test("greets by name", async () => {
  const host = new FakeHost();
  host.profiles.set(events.USER, { displayName: "Aiko" });
  await host.send(bot, events.follow());
  assert.deepEqual(host.texts, ["Hello Aiko, nice to meet you!"]);
  assert.equal(host.sent[0]?.messages[1]?.type, "template");
});

test("looks at images", async () => {
  const host = new FakeHost();
  host.contents.set("m1", { contentType: "image/png", bytes: new Uint8Array(300_000) });
  await host.send(bot, events.message({ id: "m1", type: "image", contentProvider: { type: "line" } }));
  assert.deepEqual(host.texts, ["That is image/png, 300000 bytes"]);
});

test("comes back, and gives up a follow event of nobody", async () => {
  const host = new FakeHost();
  await host.send(bot, events.text("push me"));
  assert.deepEqual(host.sent.map(({ via }) => via), ["reply", "push"]);
  await assert.rejects(host.send(bot, events.follow({ source: { type: "user" } })), /without a user/);
});
