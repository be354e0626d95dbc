import { html } from "../html.js";
import { emoji } from "../stickers.js";
import { people } from "../store.js";
import { linked } from "./words.js";

/** A text with placeholders: `{key}` stands for its substitution, `{{` and `}}` for braces. */
export function TextV2({ message }) {
  return html`<div class="bubble words" dir="auto">${substituted(message, name)}</div>`;
}

/**
 * @param {any} message
 * @param {(userId: string) => string} name
 */
export function substituted(message, name) {
  const text = String(message.text ?? "");
  const parts = [];
  let plain = "";
  for (const [piece, key] of text.matchAll(/\{\{|\}\}|\{(\w{1,20})\}|[^{}]+|[{}]/g)) {
    const thing = key && Object.hasOwn(message.substitution ?? {}, key) ? message.substitution[key] : null;
    if (!thing) {
      plain += piece === "{{" ? "{" : piece === "}}" ? "}" : piece;
      continue;
    }
    parts.push(...linked(plain), shown(thing, name));
    plain = "";
  }
  return [...parts, ...linked(plain)];
}

/**
 * @param {any} thing
 * @param {(userId: string) => string} name
 */
function shown(thing, name) {
  if (thing.type === "emoji") return emoji(String(thing.productId), String(thing.emojiId));
  const mentionee = thing.mentionee ?? {};
  return html`<span class="mention">@${mentionee.type === "all" ? "All" : name(String(mentionee.userId))}</span>`;
}

/** @param {string} userId */
const name = (userId) => people.value.get(userId)?.name ?? userId;
