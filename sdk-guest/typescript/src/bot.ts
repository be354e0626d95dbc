/** Which handler an event goes to. */

import type {
  Event,
  Events,
  MessageEvent,
  PostbackEvent,
  ReceivedMessages,
  ReceivedText,
  TimerEvent,
} from "./event.js";
import { parsePostback } from "./postback.js";

/** What a handler returns: nothing that matters, but a promise is awaited. */
export type Result = unknown;

/** Runs around the handlers: calls `next`, or not. */
export type Middleware = (event: Event, next: () => Promise<void>) => Promise<void> | void;

/** A text message that a user sent. */
export type TextEvent = MessageEvent<ReceivedText>;

/** What a text is compared with: the whole text, a pattern, or a function. */
export type TextPattern = string | RegExp | ((text: string) => boolean);

/** What is to be run for an event, if it is for this handler. */
type Route = (event: Event) => (() => Result) | undefined;

/**
 * A bot: handlers for events. The first one that fits gets the event, in the order in which they
 * were added.
 *
 * ```ts
 * const bot = new Bot();
 * bot.on("follow", () => reply("Nice to meet you!"));
 * bot.text(/^hello (.+)/i, async (event, match) => reply(`Hello ${match[1]}!`));
 * export default bot;
 * ```
 */
export class Bot {
  readonly #routes: Route[] = [];
  readonly #middleware: Middleware[] = [];
  #default: (event: Event) => Result = () => undefined;

  /** Handles the events of a type, such as `follow`. */
  on<T extends keyof Events>(type: T, handle: (event: Events[T]) => Result): this {
    return this.#add((event) => (event.type === type ? () => handle(event as Events[T]) : undefined));
  }

  /** Handles the messages of a type, such as `image`. */
  message<T extends keyof ReceivedMessages>(
    type: T,
    handle: (event: MessageEvent<ReceivedMessages[T]>) => Result,
  ): this {
    return this.#add((event) =>
      event.type === "message" && event.message.type === type
        ? () => handle(event as MessageEvent<ReceivedMessages[T]>)
        : undefined,
    );
  }

  /** Handles texts that a pattern fits. A regular expression's match is the handler's second argument. */
  text(pattern: RegExp, handle: (event: TextEvent, match: RegExpMatchArray) => Result): this;
  text(pattern: TextPattern, handle: (event: TextEvent) => Result): this;
  text(pattern: TextPattern, handle: (event: TextEvent, match: RegExpMatchArray) => Result): this {
    return this.#add((event) => {
      if (event.type !== "message" || event.message.type !== "text") return undefined;
      const match = matchOf(pattern, event.message.text);
      return match && (() => handle(event as TextEvent, match));
    });
  }

  /**
   * Handles postbacks whose data begin with a prefix, such as `action=buy`. The handler's second
   * argument has the names and values in the data.
   */
  postback(prefix: string, handle: (event: PostbackEvent, data: Map<string, string>) => Result): this {
    return this.#add((event) =>
      event.type === "postback" && event.postback.data.startsWith(prefix)
        ? () => handle(event, parsePostback(event.postback.data))
        : undefined,
    );
  }

  /** Handles timers whose payload begins with a prefix. */
  timer(prefix: string, handle: (event: TimerEvent, payload: string) => Result): this {
    return this.#add((event) =>
      event.type === "botbox.timer" && event.timer.payload.startsWith(prefix)
        ? () => handle(event, event.timer.payload)
        : undefined,
    );
  }

  /** Handles the events that are for no other handler. They are done with, when there is none. */
  default(handle: (event: Event) => Result): this {
    this.#default = handle;
    return this;
  }

  /** Runs around the handlers, and around the middleware that is added later. */
  use(middleware: Middleware): this {
    this.#middleware.push(middleware);
    return this;
  }

  /** Handles an event. The host calls it, and so do tests. */
  async handle(event: Event): Promise<void> {
    await this.#next(event, 0);
  }

  async #next(event: Event, index: number): Promise<void> {
    const middleware = this.#middleware[index];
    if (middleware === undefined) return this.#route(event);
    await middleware(event, () => this.#next(event, index + 1));
  }

  async #route(event: Event): Promise<void> {
    for (const route of this.#routes) {
      const run = route(event);
      if (run !== undefined) {
        await run();
        return;
      }
    }
    await this.#default(event);
  }

  #add(route: Route): this {
    this.#routes.push(route);
    return this;
  }
}

function matchOf(pattern: TextPattern, text: string): RegExpMatchArray | undefined {
  if (pattern instanceof RegExp) {
    pattern.lastIndex = 0;
    return pattern.exec(text) ?? undefined;
  }
  const fits = typeof pattern === "string" ? pattern === text : pattern(text);
  return fits ? [text] : undefined;
}
