import assert from "node:assert/strict";
import { test } from "node:test";

import { events, FakeHost } from "@botbox/sdk/testing";

import bot from "./index.js";

test("says what was said", async () => {
  const host = new FakeHost();
  await host.send(bot, events.text("hello"));
  assert.deepEqual(host.texts, ["hello"]);
});
