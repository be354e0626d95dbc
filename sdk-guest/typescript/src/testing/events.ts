/** Events as LINE sends them, for unit tests. */

import type {
  Event,
  EventBase,
  Events,
  FollowEvent,
  MessageEvent,
  PostbackEvent,
  ReceivedMessage,
  ReceivedText,
  TimerEvent,
} from "../event.js";

/** What an event can have that is not its own: where it happened, which attempt it is, and so on. */
export type Circumstances = Partial<EventBase>;

/** A user's id, of whom events are unless they say otherwise. */
export const USER = "U00000000000000000000000000000001";

let last = 0;

/** Any event, by its type and what it has of its own. */
export function event<T extends keyof Events>(
  type: T,
  own: Omit<Events[T], keyof EventBase | "type">,
  circumstances: Circumstances = {},
): Events[T] {
  last += 1;
  const base: EventBase = {
    webhookEventId: `event-${last}`,
    timestamp: 1_800_000_000_000 + last,
    mode: "active",
    source: { type: "user", userId: USER },
    deliveryContext: { isRedelivery: false },
    attempt: 1,
    replyState: "open",
    ...circumstances,
  };
  return { ...base, type, ...own } as Event as Events[T];
}

/** A text. */
export function text(text: string, circumstances?: Circumstances): MessageEvent<ReceivedText> {
  return message({ type: "text", text }, circumstances) as MessageEvent<ReceivedText>;
}

/** Any message. Its id is made, unless it has one. */
export function message(
  message: WithoutId<ReceivedMessage> & { id?: string },
  circumstances?: Circumstances,
): MessageEvent {
  return event("message", { message: { id: `received-${last + 1}`, ...message } as ReceivedMessage }, circumstances);
}

/** A user becomes a friend. */
export function follow(circumstances?: Circumstances): FollowEvent {
  return event("follow", { follow: { isUnblocked: false } }, circumstances);
}

/** A user chooses a postback action. */
export function postback(data: string, params?: Record<string, string>, circumstances?: Circumstances): PostbackEvent {
  return event("postback", { postback: { data, ...(params && { params }) } }, circumstances);
}

/** A timer comes. */
export function timer(payload: string, circumstances?: Circumstances): TimerEvent {
  return event("botbox.timer", { timer: { payload } }, { replyState: "none", ...circumstances });
}

/** Each of a union's members without its id. */
type WithoutId<T> = T extends unknown ? Omit<T, "id"> : never;
