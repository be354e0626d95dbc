/** Answers by a language model, and remembers what was said. */

import { Bot, reply, replyOrPush, Sessions, showLoadingAnimation, userId } from "@botbox/sdk";

import { answer, type Turn } from "./model.js";

/** How much the model gets to see, so that an answer costs no more with each. */
const REMEMBERED = 20;
/** For how many seconds the animation shows: the most that LINE takes. */
const LOADING = 60;

const talks = new Sessions<Turn[]>("talks");
const bot = new Bot();

bot.text("forget", async (event) => {
  await talks.clear(event);
  await reply("I have forgotten what we said.");
});

bot.message("text", async (event) => {
  const user = userId(event);
  if (event.source?.type === "user" && user !== undefined) await showLoadingAnimation(user, LOADING);
  const said: Turn[] = [...((await talks.get(event)) ?? []), { role: "user", content: event.message.text }];
  const talk = said.slice(-REMEMBERED);
  const content = await answer(talk);
  // A model answers otherwise each time: the key has one answer go out for this event.
  await replyOrPush(content, { idempotencyKey: "answer" });
  await talks.set(event, [...talk, { role: "assistant", content }]);
});

bot.on("follow", () => reply("Hello! Ask me something. Say “forget” to begin anew."));

export default bot;
