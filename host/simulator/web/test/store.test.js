import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

// A simulator, as the page sees it: two bots with one user each, who has a chat with both.
const seqs = (/** @type {number[]} */ ...seqs) => seqs.map((seq) => ({ seq, from: "user", id: `${seq}`, message: { type: "text", text: "" } }));
const entries = (/** @type {number[]} */ ...seqs) => seqs.map((seq) => ({ seq, time: seq, type: "call", path: "/", method: "GET" }));
let world = {};
/** @type {string[]} */
let asked = [];
let address = "";
let source;

globalThis.location = { hash: "" };
globalThis.history = { replaceState: (_state, _title, hash) => (address = hash) };
globalThis.EventSource = class {
  constructor() {
    source = this;
  }
};
globalThis.fetch = async (url) => {
  asked.push(url);
  const [, botId, what, chatId] = /bots\/?(\w*)\/?(\w*)\/?(\w*)/.exec(url);
  const after = Number(/after=(\d+)/.exec(url)?.[1]);
  const later = (all) => all.filter(({ seq }) => seq > after);
  const answer = () => {
    if (!botId) return Object.keys(world).map((botId) => ({ botId }));
    const bot = world[botId];
    if (what === "log") return { entries: later(bot.log) };
    const chat = (id) => ({ kind: "user", chatId: id, newest: bot.chats[id].at(-1) ?? null });
    if (!chatId) return { chats: Object.keys(bot.chats).map(chat) };
    return { messages: later(bot.chats[chatId]), read: 0 };
  };
  // The state is read when the request arrives, the answer comes later.
  const json = structuredClone(answer());
  await new Promise(setImmediate);
  return { ok: true, json: async () => json };
};

const store = await import("../store.js");

const shown = (list) => list.value.map(({ seq }) => seq);
const settle = async () => {
  for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
};
const tell = (...changes) => source.onmessage({ data: JSON.stringify(changes) });

beforeEach(async () => {
  world = {
    a: { chats: { u: seqs(1, 2, 3), v: seqs(1) }, log: entries(1, 2) },
    b: { chats: { u: seqs(1), v: [] }, log: entries(1) },
  };
  location.hash = "#/a/u";
  store.start();
  tell({ type: "missed" });
  await settle();
  assert.deepEqual([shown(store.messages), shown(store.log)], [[1, 2, 3], [1, 2]]);
  asked = [];
});

test("what is new is read on", async () => {
  world.a.chats.u = seqs(1, 2, 3, 4);
  tell({ type: "chat", botId: "a", chatId: "u" });
  await settle();
  assert.deepEqual(shown(store.messages), [1, 2, 3, 4]);
  assert.ok(asked.includes("/simulator/bots/a/chats/u/messages?after=3"));
});

test("another bot's chats are its own", async () => {
  await store.selectBot("b");
  await settle();
  assert.deepEqual([shown(store.messages), shown(store.log)], [[1], [1]]);
  assert.equal(address, "#/b/u");
  assert.ok(!asked.some((url) => url.includes("after=3")), asked.join(" "));
});

test("a bot without chats shows none", async () => {
  world.b.chats = {};
  await store.selectBot("b");
  await settle();
  assert.deepEqual([shown(store.messages), address], [[], "#/b"]);
});

test("who goes away and comes back sees the whole chat", async () => {
  tell({ type: "chat", botId: "a", chatId: "u" });
  store.select("v");
  store.select("u");
  await settle();
  assert.deepEqual(shown(store.messages), [1, 2, 3]);
});

test("after something was missed, nothing is as it was", async () => {
  world.a = { chats: { u: seqs(1, 2), v: [] }, log: entries(1) };
  store.cleared.value = 2;
  tell({ type: "missed" });
  await settle();
  assert.equal(store.cleared.value, 1);
  assert.deepEqual([shown(store.messages), shown(store.log)], [[1, 2], [1]]);
  assert.equal(store.seen.value.v, 0);

  world = { b: world.b };
  tell({ type: "missed" });
  await settle();
  assert.deepEqual([store.botId.value, shown(store.messages), shown(store.log)], ["b", [1], [1]]);
});

test("a read that was under way when something was missed adds nothing", async () => {
  tell({ type: "chat", botId: "a", chatId: "u" });
  world.a.chats.u = seqs(1, 2, 3, 4, 5);
  tell({ type: "missed" });
  await settle();
  assert.deepEqual(shown(store.messages), [1, 2, 3, 4, 5]);
});

test("a forgotten chat begins again", async () => {
  world.a.chats.u = seqs(1);
  tell({ type: "chat", botId: "a", chatId: "u" }, { type: "forgotten", botId: "a", chatId: "u" });
  await settle();
  assert.deepEqual(shown(store.messages), [1]);
});

test("with a user who is gone, the chat is gone", async () => {
  delete world.a.chats.u;
  tell({ type: "forgotten", botId: "a", chatId: "u" });
  await settle();
  assert.deepEqual([store.chatId.value, shown(store.messages), address], ["v", [1], "#/a/v"]);
  assert.ok(!asked.some((url) => url.includes("chats/u/")), asked.join(" "));
});
