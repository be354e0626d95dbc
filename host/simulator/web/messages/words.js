// Text as people see it: links, mentions, LINE emojis.

import { html } from "../html.js";
import { emoji } from "../stickers.js";
import { link } from "../urls.js";

const LINK = /https?:\/\/[^\s<>"'、。」）]+[^\s<>"'、。」）.,;:!?)\]]/g;

/**
 * A text with its links.
 * @param {string} text
 * @returns {any[]}
 */
export function linked(text) {
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(LINK)) {
    const url = link(match[0]);
    if (!url) continue;
    parts.push(text.slice(end, match.index));
    parts.push(html`<a href=${url} target="_blank" rel="noopener noreferrer">${url}</a>`);
    end = match.index + match[0].length;
  }
  parts.push(text.slice(end));
  return parts;
}

/**
 * A text with things in place of some of its UTF-16 units.
 * @param {string} text
 * @param {{ index: number, length: number, shown: any }[]} things
 */
export function replaced(text, things) {
  const parts = [];
  let end = 0;
  for (const thing of things.toSorted((a, b) => a.index - b.index)) {
    if (!(thing.index >= end)) continue;
    parts.push(...linked(text.slice(end, thing.index)), thing.shown);
    end = thing.index + thing.length;
  }
  return [...parts, ...linked(text.slice(end))];
}

/**
 * The emojis and mentions of a message, for `replaced`.
 * @param {any} message
 * @param {string} text
 */
export function things(message, text) {
  const emojis = list(message.emojis).map((it) => ({
    index: it.index,
    length: it.length ?? 1,
    shown: emoji(String(it.productId), String(it.emojiId)),
  }));
  const mentions = list(message.mention?.mentionees).map((it) => ({
    index: it.index,
    length: it.length,
    shown: html`<span class="mention">${text.slice(it.index, it.index + it.length)}</span>`,
  }));
  return [...emojis, ...mentions];
}

/** @param {any} value @returns {any[]} */
const list = (value) => (Array.isArray(value) ? value : []);
