// The log as conversations: which calls answer which webhook, and what each is in a few words.

import { chatOf, events } from "./notices.js";

/**
 * @typedef {import("./api.js").Entry} Entry
 * @typedef {import("./api.js").WebhookEntry} WebhookEntry
 * @typedef {import("./api.js").CallEntry} CallEntry
 * @typedef {import("./api.js").NoteEntry} NoteEntry
 */

/** How long after its webhook a call that names nobody's token can belong to it, in milliseconds. */
const NEAR = 60_000;

/**
 * Groups calls and notes with the webhook that they answer, in the order in which things began. A reply
 * belongs to the webhook that has its token; another call to the last webhook of whom it is about; a note to
 * the webhook of the event that it names.
 * @param {Entry[]} entries
 * @returns {Entry[][]}
 */
export function exchanges(entries) {
  /** @type {Entry[][]} */
  const groups = [];
  /** @type {Map<string, Entry[]>} */
  const byToken = new Map();
  /** @type {Map<string, Entry[]>} */
  const byChat = new Map();
  /** @type {Map<string, Entry[]>} */
  const byEvent = new Map();
  for (const entry of entries.toSorted((a, b) => a.time - b.time || order(a) - order(b) || a.seq - b.seq)) {
    const found = entry.type === "call" ? group(entry, byToken, byChat)
      : entry.type === "note" ? byEvent.get(entry.webhookEventId ?? "") : undefined;
    if (found) {
      found.push(entry);
      continue;
    }
    const fresh = [entry];
    groups.push(fresh);
    if (entry.type !== "webhook") continue;
    for (const event of events(entry)) {
      if (event.replyToken) byToken.set(event.replyToken, fresh);
      if (event.webhookEventId) byEvent.set(event.webhookEventId, fresh);
      for (const about of [chatOf(event), event.source?.userId]) {
        if (about) byChat.set(about, fresh);
      }
    }
  }
  return groups;
}

/** @param {Entry} entry */
const order = (entry) => (entry.type === "webhook" ? 0 : 1);

/**
 * @param {CallEntry} call
 * @param {Map<string, Entry[]>} byToken
 * @param {Map<string, Entry[]>} byChat
 */
function group(call, byToken, byChat) {
  const token = call.body?.replyToken;
  if (token) return byToken.get(token);
  const about = call.body?.to ?? call.body?.chatId ?? /[UCR][0-9a-f]{32}/.exec(call.path)?.[0];
  const found = typeof about === "string" ? byChat.get(about) : undefined;
  return found && call.time - found[0].time < NEAR ? found : undefined;
}

/**
 * @param {WebhookEntry | CallEntry} entry
 * @returns {{ kind: string, text: string }}
 */
export function title(entry) {
  if (entry.type === "call") {
    const path = entry.path.replace(/^\/v2\/bot\//, "").replace(/[UCR][0-9a-f]{32}/g, (id) => `${id.slice(0, 5)}…`);
    return { kind: `${entry.method} ${path}`, text: sent(entry.body) };
  }
  const all = events(entry);
  if (all.length === 0) return { kind: "webhook", text: "" };
  const [event] = all;
  const kind = event.type === "message" ? `message · ${event.message?.type}` : event.type;
  const again = event.deliveryContext?.isRedelivery ? "↻ " : "";
  return { kind: `${again}${kind}${all.length > 1 ? ` +${all.length - 1}` : ""}`, text: event.message?.text ?? event.postback?.data ?? "" };
}

/** @param {any} body */
function sent(body) {
  const messages = Array.isArray(body?.messages) ? body.messages : [];
  return messages.map((/** @type {any} */ message) => message?.text ?? message?.altText ?? message?.type).join(" · ");
}

/**
 * A command that makes the same request. Texts with quotes are escaped for the shell.
 * @param {WebhookEntry | CallEntry} entry
 * @param {string} origin where the simulator is
 * @param {string} accessToken
 * @returns {string}
 */
export function curl(entry, origin, accessToken) {
  const parts = entry.type === "webhook"
    ? [`curl -X POST ${quoted(entry.url ?? "")}`, header("Content-Type: application/json; charset=utf-8"), header(`x-line-signature: ${entry.signature}`), `--data-raw ${quoted(entry.body)}`]
    : [
        `curl -X ${quoted(entry.method)} ${quoted(origin + entry.path)}`,
        header(`Authorization: Bearer ${accessToken}`),
        entry.retryKey && header(`X-Line-Retry-Key: ${entry.retryKey}`),
        entry.body !== undefined && header("Content-Type: application/json"),
        entry.body !== undefined && `--data-raw ${quoted(typeof entry.body === "string" ? entry.body : JSON.stringify(entry.body))}`,
      ];
  return parts.filter(Boolean).join(" \\\n  ");
}

/** @param {string} line */
const header = (line) => `-H ${quoted(line)}`;

/** @param {string} text */
const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;
