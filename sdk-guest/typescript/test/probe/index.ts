/** A bot of the whole-system tests, which does as it is told. */

import { Bot, bucket, CallError, config, push, reply, Retry } from "@botbox/sdk";

import { doomed } from "./doomed.js";

const bot = new Bot();
const built = Math.random();

/** Answers with what a function returns. */
const answers = (text: string, work: () => unknown) =>
  bot.text(text, async () => {
    await reply(JSON.stringify(await work()) ?? "undefined");
  });

const sleep = (milliseconds: number) => new Promise<void>((wake) => setTimeout(wake, milliseconds));

// What goes wrong.
bot.text("throw", () => doomed());
bot.text("reject later", async () => {
  await sleep(1);
  await Promise.resolve();
  doomed();
});
bot.text("reject unawaited", () => {
  void push("", "to nobody");
});
bot.text("throw in a timer", () => sleep(5).then(() => setTimeout(doomed, 1)).then(() => sleep(10)));
bot.text("throw a string", () => {
  throw "a string";
});
bot.text("throw a cause", () => {
  try {
    doomed();
  } catch (cause) {
    throw new Error("it went wrong", { cause });
  }
});
bot.text("retry", () => {
  throw new Retry("not now");
});
bot.text("loop", () => {
  for (;;);
});
bot.text("never", async () => {
  await new Promise(() => undefined);
});
bot.text("allocate", () => {
  const all: string[] = [];
  for (;;) all.push("x".repeat(1 << 20) + all.length);
});
bot.text("recurse", () => {
  const deeper = (depth: number): number => deeper(depth + 1) + 1;
  return deeper(0);
});
bot.text("wrong type", () => reply({ type: "txet", text: "?" } as never));
bot.text("unknown field", () => reply({ type: "text", text: "?", colour: "red" } as never));
bot.text("wrong argument", () => push(7 as never, "?"));
bot.text("no message", () => reply(undefined as never));
bot.text("denied", () => push("U00000000000000000000000000000000", "?"));
bot.text("denied store", () => bucket("x").get("y"));
bot.text("unavailable", () => Promise.reject(new CallError({ kind: "unavailable", message: "LINE is away" })));
bot.text(/^fetch (.+)/, async (_event, match) => {
  const response = await fetch(match[1] ?? "", { method: "POST", body: "to the web" });
  await reply(`${response.status} ${response.headers.get("content-type")} ${await response.text()}`);
});

// What works.
answers("random", () => [built, Math.random(), crypto.randomUUID(), crypto.getRandomValues(new Uint32Array(1))[0]]);
answers("order", async () => {
  const order: string[] = [];
  const later = sleep(30).then(() => order.push("30 ms"));
  setTimeout(() => order.push("10 ms"), 10);
  queueMicrotask(() => order.push("job"));
  void Promise.resolve().then(() => order.push("promise"));
  order.push("now");
  await later;
  return order;
});
answers("promises", async () => {
  const late = <T>(value: T) => sleep(1).then(() => value);
  const failed = (text: string) => late(text).then((text) => Promise.reject(new Error(text)));
  async function* numbers() {
    yield* [1, 2];
    yield await late(3);
  }
  const all: number[] = [];
  for await (const number of numbers()) all.push(number);
  return [
    await Promise.all([1, late(2)]),
    await Promise.race([sleep(1000), late("quick")]),
    await Promise.any([failed("no"), late("any")]),
    (await Promise.allSettled([failed("x"), late(1)])).map(({ status }) => status),
    await failed("caught").catch((error: Error) => error.message),
    await late(1).finally(() => late(2)),
    await { then: (fulfil: (value: string) => void) => fulfil("a thenable") },
    all,
  ];
});
answers("interval", async () => {
  let count = 0;
  await new Promise<void>((done) => {
    const timer = setInterval(() => {
      count += 1;
      if (count === 3) {
        clearInterval(timer);
        done();
      }
    }, 2);
  });
  return count;
});
answers("web", () => {
  const url = new URL("../b?x=1&y=%20#z", "https://example.com/a/c");
  const clone = structuredClone(new Map([["key", [new Date(0), 1n]]]));
  return [
    url.href,
    url.searchParams.get("y"),
    new TextDecoder().decode(new TextEncoder().encode("日本語 👋")),
    [...clone.keys()],
    String(clone.get("key")),
    config("greeting"),
  ];
});
bot.text("console", async () => {
  console.log("%s is %d", "six", 6, { list: [1, [2]] });
  console.warn(new Error("only shown"));
  await reply("logged");
});
bot.default((event) => (event.type === "message" ? reply("and you?") : undefined));

bot.on("beacon", async ({ beacon }) => {
  const { device } = beacon;
  await reply(JSON.stringify([device?.name, device?.place, device?.labels["floor"]]));
});

export default bot;
