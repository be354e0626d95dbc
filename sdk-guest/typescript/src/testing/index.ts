/**
 * Unit tests of bots, without a host.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { test } from "node:test";
 * import { events, FakeHost } from "@botbox/sdk/testing";
 * import bot from "./index.js";
 *
 * test("greets", async () => {
 *   const host = new FakeHost();
 *   await host.send(bot, events.follow());
 *   assert.deepEqual(host.texts, ["Nice to meet you!"]);
 * });
 * ```
 *
 * @module
 */

export * as events from "./events.js";
export { FakeHost, type Call, type Sent, type Timer, type Web } from "./fake-host.js";
