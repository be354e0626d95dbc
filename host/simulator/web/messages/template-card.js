// The card that buttons templates and the columns of carousels share.

import { html } from "../html.js";
import { colour } from "../flex/measures.js";
import { tappable } from "../tap.js";
import { media } from "../urls.js";
import { Picture } from "./picture.js";

/**
 * @param {any} card with title, text, picture and actions
 * @param {any} look `imageAspectRatio` and `imageSize`
 */
export function card(card, look) {
  const url = media(card.thumbnailImageUrl);
  const picture = card.thumbnailImageUrl && html`<div
    class=${`thumbnail ${look.imageAspectRatio === "square" ? "square" : ""} ${look.imageSize === "contain" ? "contain" : ""}`}
    style=${{ backgroundColor: colour(card.imageBackgroundColor) }}><${Picture} src=${url} /></div>`;
  const words = html`<div class="card-words" dir="auto">
    ${card.title && html`<b>${String(card.title)}</b>`}<p>${String(card.text ?? "")}</p>
  </div>`;
  const head = html`<div>${picture}${words}</div>`;
  return html`<div class="card template">
    ${tappable(card.defaultAction, head, { label: card.title ?? card.text })}
    <div class="card-actions">${buttons(card.actions)}</div>
  </div>`;
}

/** @param {any} actions */
export function buttons(actions) {
  const list = Array.isArray(actions) ? actions : [];
  return list.map((action) => tappable(action, String(action.label ?? ""), { class: "card-button" }));
}
