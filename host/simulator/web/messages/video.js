import { html } from "../html.js";
import { t } from "../i18n.js";
import { act } from "../store.js";
import { preview, source } from "./media.js";

/** A video. The bot is told when one with a tracking id was played to its end. */
export function Video({ message, from }) {
  const tracking = from === "bot" ? message.trackingId : undefined;
  const ended = () =>
    tracking && act([{ event: { type: "videoPlayComplete", videoPlayComplete: { trackingId: tracking } } }]);
  return html`<div class="media">
    <video src=${source(message, from)} poster=${preview(message, from)} controls preload="none"
      aria-label=${t("video")} onEnded=${ended}></video>
  </div>`;
}
