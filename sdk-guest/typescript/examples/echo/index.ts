/** Answers every text with the same text, and every sticker with the same sticker. */

import { Bot, reply } from "@botbox/sdk";

const bot = new Bot();

bot.message("text", (event) => reply(event.message.text));

bot.message("sticker", async (event) => {
  const { packageId, stickerId } = event.message;
  await reply({ type: "sticker", packageId, stickerId });
});

export default bot;
