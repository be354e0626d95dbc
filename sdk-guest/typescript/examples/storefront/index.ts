/** A shop front of Flex Messages, with a cart that is remembered and checked with valibot. */

import { action, Bot, quickReply, reply } from "@botbox/sdk";
import * as flex from "@botbox/sdk/flex";
import * as v from "valibot";

import { bill, shopFront } from "./cards.js";
import { add, checkout, Choice } from "./cart.js";

const bot = new Bot();
const next = quickReply(action.message("Shop"), action.message("Buy"));

bot.text(/^shop$/i, () => reply(flex.message("What we sell", shopFront())));

bot.postback("action=add", async (event, data) => {
  const choice = v.safeParse(Choice, Object.fromEntries(data));
  if (!choice.success) return reply({ type: "text", text: "We don't sell that any more.", quickReply: next });
  const lines = await add(event, choice.output.item);
  return reply({ ...flex.message("Your cart", bill("Your cart", lines)), quickReply: next });
});

bot.text(/^buy$/i, async (event) => {
  const lines = await checkout(event);
  if (lines.length === 0) return reply({ type: "text", text: "Your cart is empty.", quickReply: next });
  return reply([flex.message("Your receipt", bill("Receipt", lines)), "Thank you, see you soon!"]);
});

bot.default((event) =>
  event.type === "message" || event.type === "follow"
    ? reply({ type: "text", text: "Welcome!", quickReply: next })
    : undefined,
);

export default bot;
