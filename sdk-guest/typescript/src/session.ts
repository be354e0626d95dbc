/** What the bot remembers of a user in a chat, and conversations of several steps made of it. */

import type { Middleware } from "./bot.js";
import { chatId, userId, type Event, type EventBase } from "./event.js";
import { bucket, type Bucket } from "./store.js";

/** Values by user and chat, in a bucket of their own. */
export class Sessions<T> {
  readonly #bucket: Bucket<T>;

  constructor(name: string) {
    this.#bucket = bucket(name);
  }

  /** What is remembered of who acted, where they did. */
  async get(event: EventBase): Promise<T | undefined> {
    return this.#bucket.get(key(event));
  }

  /** Remembers it. */
  async set(event: EventBase, value: T): Promise<void> {
    await this.#bucket.set(key(event), value);
  }

  /** Forgets it. */
  async clear(event: EventBase): Promise<void> {
    await this.#bucket.delete(key(event));
  }
}

/** A step: handles an event, and names the next step, or nothing at the conversation's end. */
export type Step<T, Name extends string> = (event: Event, data: T) => Promise<Name | undefined>;

/**
 * A conversation of several steps: a small state machine for each user in each chat.
 *
 * ```ts
 * const order = new Conversation<{ size?: string }, "size" | "amount">("order", {
 *   size: async (event, data) => { …; return "amount"; },
 *   amount: async (event, data) => { …; return undefined; },
 * });
 * bot.use(order.middleware);
 * bot.text("order", (event) => order.start(event, "size", {}));
 * ```
 */
export class Conversation<T, Name extends string> {
  readonly #sessions: Sessions<{ step: Name; data: T }>;
  readonly #steps: Record<Name, Step<T, Name>>;

  constructor(name: string, steps: Record<Name, Step<T, Name>>) {
    this.#sessions = new Sessions(name);
    this.#steps = steps;
  }

  /** Begins: the user's next event goes to this step. */
  async start(event: EventBase, step: Name, data: T): Promise<void> {
    await this.#sessions.set(event, { step, data });
  }

  /** Ends before its time. */
  async cancel(event: EventBase): Promise<void> {
    await this.#sessions.clear(event);
  }

  /** Gives messages and postbacks of users in the conversation to its step, and others to the bot. */
  readonly middleware: Middleware = async (event, next) => {
    const takesPart = (event.type === "message" || event.type === "postback") && userId(event) !== undefined;
    const state = takesPart ? await this.#sessions.get(event) : undefined;
    if (state === undefined) return next();
    const step = await this.#steps[state.step](event, state.data);
    await (step === undefined ? this.#sessions.clear(event) : this.#sessions.set(event, { step, data: state.data }));
  };
}

function key(event: EventBase): string {
  return `${chatId(event) ?? "-"}/${userId(event) ?? "-"}`;
}
