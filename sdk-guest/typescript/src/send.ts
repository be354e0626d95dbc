/** Sending messages. */

import type { Message as HostMessage } from "botbox:line/messages";

import * as host from "#host";
import { described, text } from "./argument.js";
import { call } from "./call-error.js";
import type { Message, Messages, SentMessage } from "./message.js";

/** What any send can have. */
export interface SendOptions {
  /** Whether the user's phone stays silent. */
  notificationDisabled?: boolean;
}

/** What a send to users of one's choice can have. */
export interface PushOptions extends SendOptions {
  /**
   * 1 to 128 bytes. Sends of an event with the same recipients and key go out once, whatever they
   * say. For bots whose texts differ between attempts, such as a language model's; others need none.
   */
  idempotencyKey?: string;
}

/** A push that is counted. */
export interface CountedPushOptions extends PushOptions {
  /** The unit under which LINE counts it: 1 to 30 letters, digits and `_`. */
  customAggregationUnit?: string;
}

/** How messages went out. */
export interface Delivery {
  via: "reply" | "push";
  messages: SentMessage[];
}

/** Who gets a narrowcast (LINE reference, "Send narrowcast message"). */
export interface NarrowcastTarget {
  /** Audiences and earlier narrowcasts, joined with `and`, `or` and `not`. */
  recipient?: object;
  /** Age, gender, area, phone and time as a friend, joined with `and`, `or` and `not`. */
  demographic?: object;
  limit?: { max?: number; upToRemainingQuota?: boolean; forbidPartialDelivery?: boolean };
}

/** Answers the event that is being handled, once, with 1 to 5 messages. Replies cost nothing. */
export async function reply(messages: Messages, options: SendOptions = {}): Promise<SentMessage[]> {
  const all = toHost(messages);
  return call(() => host.replyMessage(all, options.notificationDisabled ?? false));
}

/**
 * The same while the event can be replied to; afterwards the messages are pushed to its chat, if
 * that is granted. For bots that need longer than a minute.
 */
export async function replyOrPush(messages: Messages, options: PushOptions = {}): Promise<Delivery> {
  const all = toHost(messages);
  return call(() => host.replyOrPush(all, options.notificationDisabled ?? false, options.idempotencyKey));
}

/** Sends 1 to 5 messages to a user, group or room by its id. They count against the quota. */
export async function push(to: string, messages: Messages, options: CountedPushOptions = {}): Promise<SentMessage[]> {
  text(to, "the recipient of a push");
  const all = toHost(messages);
  const { notificationDisabled = false, customAggregationUnit, idempotencyKey } = options;
  return call(() => host.pushMessage(to, all, notificationDisabled, customAggregationUnit, idempotencyKey));
}

/** Sends 1 to 5 messages to 1 to 500 users by their ids. Returns the id of the request. */
export async function multicast(
  to: readonly string[],
  messages: Messages,
  options: CountedPushOptions = {},
): Promise<string> {
  const users = to.map((user) => text(user, "a recipient of a multicast"));
  const all = toHost(messages);
  const { notificationDisabled = false, customAggregationUnit, idempotencyKey } = options;
  return call(() => host.multicast(users, all, notificationDisabled, customAggregationUnit, idempotencyKey));
}

/** Sends 1 to 5 messages to all friends. Returns the id of the request. */
export async function broadcast(messages: Messages, options: PushOptions = {}): Promise<string> {
  const all = toHost(messages);
  return call(() => host.broadcast(all, options.notificationDisabled ?? false, options.idempotencyKey));
}

/** Sends 1 to 5 messages to some of the friends, in the background. Returns the id of the request. */
export async function narrowcast(
  target: NarrowcastTarget,
  messages: Messages,
  options: PushOptions = {},
): Promise<string> {
  const { recipient, demographic, limit } = target;
  const all = toHost(messages);
  const to = {
    recipient: recipient && JSON.stringify(recipient),
    demographic: demographic && JSON.stringify(demographic),
    limit: limit && {
      max: limit.max,
      upToRemainingQuota: limit.upToRemainingQuota ?? false,
      forbidPartialDelivery: limit.forbidPartialDelivery ?? false,
    },
  };
  return call(() => host.narrowcast(all, to, options.notificationDisabled ?? false, options.idempotencyKey));
}

/** Messages as the host takes them: LINE's own JSON. */
function toHost(messages: Messages): HostMessage[] {
  const list: readonly (string | Message)[] = Array.isArray(messages) ? messages : [messages as string | Message];
  return list.map((message) => ({
    body: { tag: "raw-json", val: JSON.stringify(toObject(message)) },
    quickReply: [],
    sender: undefined,
  }));
}

function toObject(message: string | Message): Message {
  if (typeof message === "string") return { type: "text", text: message };
  if (typeof message === "object" && message !== null && !Array.isArray(message)) return message;
  throw new TypeError(`a message is a string or one of LINE's message objects, not ${described(message)}`);
}
