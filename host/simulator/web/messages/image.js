import { html } from "../html.js";
import { t } from "../i18n.js";
import { preview, source } from "./media.js";
import { Picture } from "./picture.js";

/** A picture; a click shows it whole. */
export function Image({ message, from }) {
  const whole = source(message, from);
  const src = preview(message, from) ?? whole;
  return html`<a class="media" href=${whole ?? undefined} target="_blank" rel="noopener noreferrer">
    <${Picture} src=${src} alt=${t("image")} />
  </a>`;
}
