import { html } from "../html.js";
import { replaced, things } from "./words.js";

/** A text, with LINE emojis and mentions. */
export function Text({ message }) {
  const text = String(message.text ?? "");
  return html`<div class="bubble words" dir="auto">${replaced(text, things(message, text))}</div>`;
}
