import { html } from "../html.js";
import { t } from "../i18n.js";
import { tappable } from "../tap.js";
import { media } from "../urls.js";
import { Picture } from "./picture.js";

/** A picture with areas that can be tapped, and perhaps a video in one. */
export function Imagemap({ message }) {
  const { width = 1040, height = 1040 } = message.baseSize ?? {};
  const at = (/** @type {any} */ area) => ({
    left: `${(100 * area.x) / width}%`,
    top: `${(100 * area.y) / height}%`,
    width: `${(100 * area.width) / width}%`,
    height: `${(100 * area.height) / height}%`,
  });
  const video = message.video;
  const src = media(`${message.baseUrl}/700`);
  const actions = Array.isArray(message.actions) ? message.actions : [];
  return html`<div class="imagemap" style=${{ aspectRatio: `${Number(width)} / ${Number(height)}` }}>
    <${Picture} src=${src} alt=${String(message.altText ?? "")} />
    ${video?.area && media(video.originalContentUrl) && html`<video style=${at(video.area)}
      src=${media(video.originalContentUrl)} poster=${media(video.previewImageUrl)} controls preload="none" aria-label=${t("video")}></video>`}
    ${actions.filter((/** @type {any} */ it) => it?.area).map((/** @type {any} */ action) =>
      tappable(action, null, { class: "area", style: at(action.area), label: action.text ?? action.linkUri ?? action.clipboardText }))}
  </div>`;
}
