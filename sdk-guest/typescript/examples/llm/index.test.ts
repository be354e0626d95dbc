import assert from "node:assert/strict";
import { test } from "node:test";

import { events, FakeHost } from "@botbox/sdk/testing";

import bot from "./index.js";

const URL = "https://model.example/v1/chat/completions";

/** A host whose model says how many turns it got. */
function host(): FakeHost {
  const host = new FakeHost();
  host.config = { url: URL, model: "small", key: "secret" };
  host.web = async (request) => {
    assert.deepEqual([request.method, request.url], ["POST", URL]);
    assert.equal(request.headers.get("authorization"), "Bearer secret");
    const { messages } = (await request.json()) as { messages: unknown[] };
    return Response.json({ choices: [{ message: { role: "assistant", content: `${messages.length} turns` } }] });
  };
  return host;
}

test("the model gets what was said", async () => {
  const stage = host();
  for (const text of ["Hi", "And now?", "forget", "Hi"]) await stage.send(bot, events.text(text));
  assert.deepEqual(stage.texts, ["1 turns", "3 turns", "I have forgotten what we said.", "1 turns"]);
});

test("a model that is busy is asked again", async () => {
  const stage = host();
  stage.web = () => new Response("busy", { status: 429 });
  await assert.rejects(stage.send(bot, events.text("Hi")), { name: "Retry", message: "the model answered 429" });
});
