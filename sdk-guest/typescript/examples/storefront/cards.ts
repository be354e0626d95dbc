/** How the shop front and the cart look. */

import { action, postbackData, type FlexBox, type FlexBubble, type FlexCarousel } from "@botbox/sdk";
import * as flex from "@botbox/sdk/flex";

import type { Line } from "./cart.js";
import { GOODS, type Good } from "./catalogue.js";

/** All goods, to swipe through. */
export function shopFront(): FlexCarousel {
  return flex.carousel(GOODS.map(card));
}

function card({ id, name, picture, price }: Good): FlexBubble {
  const add = action.postback("Add to cart", postbackData({ action: "add", item: id }), { displayText: name });
  return flex.bubble({
    size: "kilo",
    hero: flex.vertical([flex.text(picture, { size: "5xl", align: "center" })], {
      backgroundColor: "#FFF4E0",
      paddingAll: "32px",
    }),
    body: flex.vertical([
      flex.text(name, { weight: "bold", size: "lg" }),
      flex.text(yen(price), { color: "#777777" }),
    ]),
    footer: flex.vertical([flex.button(add, { style: "primary" })]),
  });
}

/** The lines of a cart and their sum. */
export function bill(title: string, lines: readonly Line[]): FlexBubble {
  const sum = lines.reduce((sum, line) => sum + line.sum, 0);
  return flex.bubble({
    body: flex.vertical(
      [
        flex.text(title, { weight: "bold", size: "xl" }),
        ...lines.map(({ name, amount, sum }) => row(`${amount} × ${name}`, yen(sum))),
        flex.separator(),
        row("Total", yen(sum)),
      ],
      { spacing: "md" },
    ),
  });
}

function row(label: string, value: string): FlexBox {
  return flex.horizontal([flex.text(label, { color: "#777777" }), flex.text(value, { align: "end" })]);
}

function yen(amount: number): string {
  return `¥${amount}`;
}
