import { html } from "../html.js";
import { t } from "../i18n.js";
import { sticker } from "../stickers.js";

/** A sticker, in art of our own. */
export function Sticker({ message }) {
  const type = String(message.stickerResourceType ?? "");
  const moves = type.includes("ANIMATION") || type.includes("POPUP");
  const label = t("sticker", { id: message.stickerId });
  return html`<figure class=${`sticker ${moves ? "moves" : ""}`} role="img" aria-label=${label}>
    ${sticker(String(message.stickerId), String(message.packageId))}
    ${message.text && html`<figcaption>${String(message.text)}</figcaption>`}
  </figure>`;
}
