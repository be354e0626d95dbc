/** Greets new friends by name and looks at what they send. */

import { action, Bot, chatId, getContent, getProfile, push, Reject, reply, userId } from "@botbox/sdk";

const bot = new Bot();

bot.on("follow", async (event) => {
  const user = userId(event);
  if (user === undefined) throw new Reject("a follow event without a user");
  const { displayName } = await getProfile(user);
  await reply([
    `Hello ${displayName}, nice to meet you!`,
    {
      type: "template",
      altText: "Choose a colour",
      template: {
        type: "buttons",
        text: "Which colour do you like?",
        actions: [action.postback("Red", "colour=red"), action.postback("Green", "colour=green")],
      },
    },
  ]);
});

bot.on("postback", (event) => reply(`You chose ${event.postback.data}`));

bot.message("image", async (event) => {
  const image = await getContent(event.message.id);
  let size = 0;
  for await (const piece of image) size += piece.length;
  await reply(`That is ${image.contentType}, ${size} bytes`);
});

bot.text("push me", async (event) => {
  await reply("One moment");
  const chat = chatId(event);
  if (chat !== undefined) await push(chat, "Here I am again");
});

bot.message("text", () => reply("Send me an image, or say: push me"));

export default bot;
