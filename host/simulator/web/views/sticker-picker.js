import { signal } from "@preact/signals";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { PACKAGES, sticker } from "../stickers.js";
import { send } from "../store.js";
import { quoted, stickersOpen } from "../ui.js";

const chosen = signal(PACKAGES[0]);

/** The stickers to choose from. */
export function Stickers() {
  const { id, first, last } = chosen.value;
  const ids = Array.from({ length: last - first + 1 }, (_, index) => String(first + index));
  return html`<div class="stickers" role="group" aria-label=${t("stickers")}>
    <div class="sticker-packages">${PACKAGES.map((it) => html`<button type="button" key=${it.id} aria-pressed=${it.id === id}
      aria-label=${t("stickerPackage", { id: it.id })} onClick=${() => (chosen.value = it)}>${sticker(String(it.first), it.id)}</button>`)}</div>
    <div class="sticker-grid">${ids.map((stickerId) => html`<button type="button" key=${stickerId} aria-label=${t("sticker", { id: stickerId })}
      onClick=${() => choose(id, stickerId)}>${sticker(stickerId, id)}</button>`)}</div>
  </div>`;
}

/**
 * @param {string} packageId
 * @param {string} stickerId
 */
function choose(packageId, stickerId) {
  stickersOpen.value = false;
  send({ type: "sticker", packageId, stickerId, quotedMessageId: quoted.value?.id });
  quoted.value = null;
}
