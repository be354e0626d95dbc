import assert from "node:assert/strict";
import { test } from "node:test";

import {
  Bot,
  bucket,
  CallError,
  callLine,
  config,
  Conversation,
  getContent,
  getProfile,
  parsePostback,
  postbackData,
  publish,
  push,
  reply,
  replyOrPush,
  runAfter,
  Sessions,
  userId,
  type Event,
  type Message,
} from "@botbox/sdk";
import { events, FakeHost } from "@botbox/sdk/testing";

/** Runs some code as a bot's handler. */
async function handling(work: (event: Event) => unknown, event: Event = events.text("x")): Promise<FakeHost> {
  const host = new FakeHost();
  await host.send(new Bot().default(work), event);
  return host;
}

test("messages are LINE's own objects", async () => {
  const sticker: Message = { type: "sticker", packageId: "446", stickerId: "1988" };
  const host = await handling(async () => {
    await reply(["hi", sticker]);
    await push("U1", "later");
  });
  assert.deepEqual(host.sent, [
    { via: "reply", to: [], messages: [{ type: "text", text: "hi" }, sticker] },
    { via: "push", to: ["U1"], messages: [{ type: "text", text: "later" }] },
  ]);
});

test("what is no message is refused in words", async () => {
  for (const [wrong, what] of [[undefined, /not undefined/], [7, /the number 7/], [[["x"]], /an array/]] as const) {
    await assert.rejects(handling(() => reply(wrong as never)), what);
  }
  await assert.rejects(handling(() => push(undefined as never, "x")), /recipient of a push is a string, not undefined/);
});

test("a reply that comes too late is pushed", async () => {
  const host = await handling(() => replyOrPush("slow"), events.text("x", { replyState: "expired" }));
  assert.deepEqual(host.sent[0]?.via, "push");
  assert.deepEqual(host.sent[0]?.to, [userId(events.text("x"))]);
});

test("the host's errors are CallErrors", async () => {
  const host = new FakeHost();
  host.fail("profile", "rate-limited", "too many requests");
  const bot = new Bot().default(() => getProfile("U1"));
  await assert.rejects(host.send(bot, events.text("x")), (error) => {
    assert.ok(error instanceof CallError);
    assert.deepEqual([error.kind, error.message], ["rate-limited", "too many requests"]);
    return true;
  });
});

test("buckets have typed JSON values", async () => {
  const host = await handling(async () => {
    const visits = bucket<{ count: number }>("visits");
    assert.equal(await visits.get("a"), undefined);
    await visits.set("a", { count: 1 });
    assert.deepEqual(await visits.update("a", (value) => ({ count: (value?.count ?? 0) + 1 })), { count: 2 });
    assert.equal(await bucket("numbers").increment("n", 5), 5);
    assert.equal(await bucket("numbers").get("n"), 5);
    assert.deepEqual([await visits.has("a"), await visits.has("b")], [true, false]);
    const keys: string[] = [];
    for await (const key of visits.keys()) keys.push(key);
    assert.deepEqual(keys, ["a"]);
    await visits.delete("a");
  });
  assert.equal(host.value("visits", "a"), undefined);
  const denied = new FakeHost();
  denied.fail("keyvalue", "denied");
  const bot = new Bot().default(() => bucket("x").get("y"));
  await assert.rejects(denied.send(bot, events.text("x")), /`keyvalue` is not among the channel's grants/);
});

test("an update is made again when another was quicker", async () => {
  let tries = 0;
  const host = await handling(async () => {
    const numbers = bucket<number>("numbers");
    await numbers.set("n", 1);
    await numbers.update("n", async (value) => {
      tries += 1;
      if (tries === 1) await numbers.set("n", 10);
      return (value ?? 0) + 1;
    });
  });
  assert.deepEqual([tries, host.value("numbers", "n")], [2, 11]);
});

test("sessions are of one user in one chat", async () => {
  const names = new Sessions<string>("names");
  const group = { source: { type: "group", groupId: "C1", userId: "U1" } } as const;
  const host = new FakeHost();
  const bot = new Bot()
    .text(/^I am (.+)/, (event, match) => names.set(event, match[1] ?? ""))
    .text("who?", async (event) => reply((await names.get(event)) ?? "nobody"));
  await host.send(bot, events.text("I am Aiko", group));
  await host.send(bot, events.text("who?", group));
  await host.send(bot, events.text("who?"));
  assert.deepEqual(host.texts, ["Aiko", "nobody"]);
});

test("a conversation goes from step to step", async () => {
  const order = new Conversation<{ size?: string }, "size" | "amount">("order", {
    size: async (event, data) => {
      data.size = event.type === "message" && event.message.type === "text" ? event.message.text : "?";
      await reply("How many?");
      return "amount";
    },
    amount: async (event, data) => {
      const amount = event.type === "message" && event.message.type === "text" ? event.message.text : "?";
      await reply(`${amount} of ${data.size}`);
      return undefined;
    },
  });
  const bot = new Bot()
    .use(order.middleware)
    .text("order", async (event) => {
      await order.start(event, "size", {});
      await reply("Which size?");
    })
    .default(() => reply("?"));
  const host = new FakeHost();
  for (const text of ["x", "order", "large", "2", "2"]) await host.send(bot, events.text(text));
  assert.deepEqual(host.texts, ["?", "Which size?", "How many?", "2 of large", "?"]);
});

test("timers are counted from the event", async () => {
  const event = events.text("x");
  const host = await handling((event) => runAfter(event, { hours: 1, minutes: 30 }, "tea"), event);
  assert.deepEqual(host.timers.map(({ at, payload }) => [at - event.timestamp, payload]), [[5_400_000, "tea"]]);
  const bot = new Bot().timer("tea", () => push("U1", "Tea is ready"));
  await host.runTimers(bot);
  assert.deepEqual(host.texts, ["Tea is ready"]);
});

test("postback data have names and values", () => {
  const data = postbackData({ action: "buy", item: "a b&c=d", count: 2 });
  assert.equal(data, "action=buy&item=a+b%26c%3Dd&count=2");
  assert.deepEqual([...parsePostback(data)], [["action", "buy"], ["item", "a b&c=d"], ["count", "2"]]);
  assert.deepEqual([...parsePostback("%zz&&x")], [["%zz", ""], ["x", ""]]);
  assert.throws(() => postbackData({ text: "x".repeat(300) }), /at most 300 characters, not 305/);
});

test("contents, media, configuration and the rest of LINE", async () => {
  const host = new FakeHost();
  host.contents.set("m1", { contentType: "image/png", bytes: new Uint8Array(100_000).fill(7) });
  host.config = { greeting: "hi" };
  host.line = (method, path, body) => ({ method, path, body });
  const bot = new Bot().default(async () => {
    const content = await getContent("m1");
    assert.equal(content.contentType, "image/png");
    assert.equal((await content.bytes()).length, 100_000);
    assert.match(await publish("image/png", new Uint8Array(3_000_000)), /^https:/);
    assert.equal(config("greeting"), "hi");
    const answer = await callLine("POST", "/v2/bot/coupon", { title: "x" });
    assert.deepEqual(answer, { method: "POST", path: "/v2/bot/coupon", body: { title: "x" } });
  });
  await host.send(bot, events.text("x"));
});

test("fetch is answered by the test", async () => {
  const host = new FakeHost();
  host.web = (request) => Response.json({ url: request.url });
  const bot = new Bot().default(async () => reply(JSON.stringify(await (await fetch("https://example.com/a")).json())));
  await host.send(bot, events.text("x"));
  assert.deepEqual(host.texts, ['{"url":"https://example.com/a"}']);
});
