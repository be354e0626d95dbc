/** What a user is about to buy: it is checked when it comes back from the store, or from a button. */

import { Sessions, type EventBase } from "@botbox/sdk";
import * as v from "valibot";

import { GOODS } from "./catalogue.js";

/** The most of a good that one cart has. */
const MOST = 9;

/** What a button's data may say. Users can send any data. */
export const Choice = v.object({ action: v.literal("add"), item: v.picklist(GOODS.map(({ id }) => id)) });

const Amounts = v.record(v.string(), v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MOST)));
const carts = new Sessions<Record<string, number>>("carts");

/** A line of a cart. */
export interface Line {
  readonly name: string;
  readonly amount: number;
  readonly sum: number;
}

/** Puts one more of a good into the user's cart. */
export async function add(event: EventBase, item: string): Promise<Line[]> {
  const amounts = await amountsOf(event);
  amounts[item] = Math.min((amounts[item] ?? 0) + 1, MOST);
  await carts.set(event, amounts);
  return linesOf(amounts);
}

/** Takes the cart, which is empty then. */
export async function checkout(event: EventBase): Promise<Line[]> {
  const amounts = await amountsOf(event);
  await carts.clear(event);
  return linesOf(amounts);
}

/** An older version of the bot may have kept carts of another kind: they are empty. */
async function amountsOf(event: EventBase): Promise<Record<string, number>> {
  const kept = v.safeParse(Amounts, await carts.get(event));
  return kept.success ? kept.output : {};
}

function linesOf(amounts: Record<string, number>): Line[] {
  return GOODS.flatMap(({ id, name, price }) => {
    const amount = amounts[id];
    return amount === undefined ? [] : [{ name, amount, sum: amount * price }];
  });
}
