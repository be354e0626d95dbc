import { html } from "../html.js";
import { t } from "../i18n.js";
import { source } from "./media.js";

/** A sound. */
export function Audio({ message, from }) {
  const seconds = Math.round((message.duration ?? 0) / 1000);
  const length = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  return html`<div class="bubble audio">
    <audio src=${source(message, from)} controls preload="none" aria-label=${t("audio")}></audio>
    ${message.duration > 0 && html`<span class="length">${length}</span>`}
  </div>`;
}
