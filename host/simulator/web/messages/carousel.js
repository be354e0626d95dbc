// A row of cards that is scrolled sideways.

import { useRef } from "preact/hooks";
import { html } from "../html.js";
import { t } from "../i18n.js";

/** @param {{ label: string, children: any }} props */
export function Carousel({ label, children }) {
  const row = useRef(/** @type {HTMLElement | null} */ (null));
  const move = (/** @type {number} */ direction) => {
    const element = row.current;
    const card = /** @type {HTMLElement | null} */ (element?.firstElementChild);
    if (element && card) element.scrollBy({ left: direction * (card.offsetWidth + 8), behavior: "smooth" });
  };
  return html`<div class="carousel" role="group" aria-label=${label}>
    <div class="row" ref=${row} tabindex="0" role="group" aria-label=${label}>${children}</div>
    <button class="turn back" type="button" aria-label=${t("previous")} onClick=${() => move(-1)}>‹</button>
    <button class="turn on" type="button" aria-label=${t("nextCard")} onClick=${() => move(1)}>›</button>
  </div>`;
}
