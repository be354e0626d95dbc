// A picture that may fail to load: what is there then says so.

import { useState } from "preact/hooks";
import { html } from "../html.js";
import { t } from "../i18n.js";

/** @param {{ src: string | null | undefined, alt?: string, class?: string }} props */
export function Picture({ src, alt = "", class: kind = "" }) {
  const [failed, setFailed] = useState(false);
  if (!src || failed) {
    return html`<span class=${`no-picture ${kind}`} role="img" aria-label=${alt || t("noPreview")}>${t("noPreview")}</span>`;
  }
  return html`<img class=${kind} src=${src} alt=${alt} loading="lazy" referrerpolicy="no-referrer" onError=${() => setFailed(true)} />`;
}
