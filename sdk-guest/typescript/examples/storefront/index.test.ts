import assert from "node:assert/strict";
import { test } from "node:test";

import type { FlexMessage } from "@botbox/sdk";
import { events, FakeHost } from "@botbox/sdk/testing";

import bot from "./index.js";

test("what is put into the cart is bought", async () => {
  const host = new FakeHost();
  await host.send(bot, events.text("shop"));
  const [shop] = host.sent[0]?.messages as [FlexMessage];
  assert.equal(shop.contents.type === "carousel" && shop.contents.contents.length, 3);
  await host.send(bot, events.postback("action=add&item=cake"));
  await host.send(bot, events.postback("action=add&item=cake"));
  await host.send(bot, events.text("buy"));
  const receipt = JSON.stringify(host.sent[3]?.messages);
  assert.match(receipt, /2 × Strawberry cake.*¥1240/);
  await host.send(bot, events.text("buy"));
  assert.equal(host.texts.at(-1), "Your cart is empty.");
});

test("nobody buys what is not sold", async () => {
  const host = new FakeHost();
  await host.send(bot, events.postback("action=add&item=car"));
  assert.deepEqual(host.texts, ["We don't sell that any more."]);
});

test("a cart of another kind is empty", async () => {
  const host = new FakeHost();
  await host.send(bot, events.postback("action=add&item=cake"));
  const bucket = host.bucket("carts");
  for (const key of bucket.listKeys().keys) bucket.set(key, new TextEncoder().encode('{"cake":-1}'));
  await host.send(bot, events.text("buy"));
  assert.equal(host.texts.at(-1), "Your cart is empty.");
});
