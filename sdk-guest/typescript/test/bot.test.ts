import assert from "node:assert/strict";
import { test } from "node:test";

import { Bot, CallError, reply } from "@botbox/sdk";
import { events, FakeHost } from "@botbox/sdk/testing";

test("the first handler that fits gets the event", async () => {
  const bot = new Bot();
  bot.text("menu", () => reply("the menu"));
  bot.text(/^hello (?<name>.+)/i, async (_event, match) => {
    await Promise.resolve();
    await reply(`Hello ${match.groups?.["name"]}!`);
  });
  bot.text((text) => text.endsWith("?"), () => reply("a question"));
  bot.message("sticker", ({ message }) => reply(`sticker ${message.stickerId}`));
  bot.postback("action=buy", (_event, data) => reply(`buys ${data.get("item")}`));
  bot.timer("tea", (_event, payload) => reply(payload));
  bot.on("follow", () => reply("welcome"));
  bot.default((event) => reply(`what is ${event.type}?`));

  const answers: [Parameters<FakeHost["send"]>[1], string][] = [
    [events.text("menu"), "the menu"],
    [events.text("hello Aiko"), "Hello Aiko!"],
    [events.text("menu?"), "a question"],
    [events.text("menu!"), "what is message?"],
    [events.message({ type: "sticker", packageId: "1", stickerId: "2", stickerResourceType: "STATIC" }), "sticker 2"],
    [events.postback("action=buy&item=a+b%26c"), "buys a b&c"],
    [events.postback("action=sell"), "what is postback?"],
    [events.timer("tea", { replyState: "open" }), "tea"],
    [events.follow(), "welcome"],
    [events.event("unfollow", {}, { replyState: "open" }), "what is unfollow?"],
  ];
  for (const [event, answer] of answers) {
    const host = new FakeHost();
    await host.send(bot, event);
    assert.deepEqual(host.texts, [answer]);
  }
});

test("middleware runs around the handlers", async () => {
  const steps: string[] = [];
  const bot = new Bot()
    .use(async (_event, next) => {
      steps.push("first");
      await next();
      steps.push("last");
    })
    .use(async (event, next) => {
      if (event.mode === "active") await next();
    })
    .default(() => steps.push("handler"));
  const host = new FakeHost();
  await host.send(bot, events.text("x"));
  await host.send(bot, events.text("x", { mode: "standby" }));
  assert.deepEqual(steps, ["first", "handler", "last", "first", "last"]);
});

test("a handler's errors come out", async () => {
  const bot = new Bot()
    .text("throw", () => {
      throw new TypeError("as told");
    })
    .text("twice", async () => {
      await reply("one");
      await reply("two");
    });
  const host = new FakeHost();
  await assert.rejects(host.send(bot, events.text("throw")), new TypeError("as told"));
  await assert.rejects(host.send(bot, events.text("twice")), (error) => {
    assert.ok(error instanceof CallError);
    assert.equal(error.kind, "expired");
    return true;
  });
});
