// What a chat shows beside messages: who came and went, what was unsent or edited, and whether the
// bot was told. All of it is read from the webhooks in the log.

/**
 * @typedef {import("./api.js").WebhookEntry} WebhookEntry
 * @typedef {{ key: string, timestamp: number, event: any, entry: WebhookEntry }} Notice
 * @typedef {{
 *   notices: Notice[],
 *   told: Map<string, WebhookEntry>,
 *   unsent: Set<string>,
 *   edits: Map<string, any>,
 * }} Happenings
 * `told`, `unsent` and `edits` are by message id.
 */

/** The events that are shown as a line of their own. */
const SHOWN = new Set([
  "follow", "unfollow", "join", "leave", "memberJoined", "memberLeft", "postback", "beacon",
  "accountLink", "membership", "videoPlayComplete",
]);

/**
 * @param {import("./api.js").Entry[]} log
 * @param {string | null} chatId
 * @returns {Happenings}
 */
export function happenings(log, chatId) {
  const found = { notices: [], told: new Map(), unsent: new Set(), edits: new Map() };
  for (const entry of log) {
    if (entry.type !== "webhook") continue;
    for (const event of events(entry)) {
      if (chatOf(event) === chatId) add(/** @type {Happenings} */ (found), entry, event);
    }
  }
  return /** @type {Happenings} */ (found);
}

/** @type {WeakMap<WebhookEntry, any[]>} */
const parsed = new WeakMap();

/**
 * The events that a webhook carries. An entry never changes, so it is parsed once.
 * @param {WebhookEntry} entry
 * @returns {any[]}
 */
export function events(entry) {
  let found = parsed.get(entry);
  if (!found) {
    try {
      found = JSON.parse(entry.body).events ?? [];
    } catch {
      found = [];
    }
    parsed.set(entry, /** @type {any[]} */ (found));
  }
  return /** @type {any[]} */ (found);
}

/**
 * The user, group or room where an event happened.
 * @param {any} event
 * @returns {string | undefined}
 */
export function chatOf(event) {
  const source = event.source ?? {};
  return source.groupId ?? source.roomId ?? source.userId;
}

/**
 * @param {Happenings} found
 * @param {WebhookEntry} entry
 * @param {any} event
 */
function add(found, entry, event) {
  if (event.deliveryContext?.isRedelivery) return;
  switch (event.type) {
    case "message":
      found.told.set(event.message.id, entry);
      break;
    case "unsend":
      found.unsent.add(event.unsend?.messageId);
      break;
    case "messageEdited":
      found.edits.set(event.message?.id, event.message);
      break;
    default:
      if (SHOWN.has(event.type)) {
        const key = event.webhookEventId ?? `${entry.seq}`;
        found.notices.push({ key, timestamp: event.timestamp ?? entry.time, event, entry });
      }
  }
}

/**
 * Messages and notices in the order of time.
 * @template {{ timestamp: number }} A
 * @template {{ timestamp: number }} B
 * @param {A[]} messages
 * @param {B[]} notices
 * @returns {(A | B)[]}
 */
export function interleave(messages, notices) {
  if (notices.length === 0) return messages;
  const sorted = notices.toSorted((a, b) => a.timestamp - b.timestamp);
  const merged = [];
  let next = 0;
  for (const message of messages) {
    while (next < sorted.length && sorted[next].timestamp < message.timestamp) {
      merged.push(sorted[next++]);
    }
    merged.push(message);
  }
  return merged.concat(sorted.slice(next));
}
