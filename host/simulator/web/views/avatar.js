import { html } from "../html.js";
import { media } from "../urls.js";
import { Picture } from "../messages/picture.js";

/** The picture of a user, group or bot, or else the first letter of the name. */
export function Avatar({ name, url, kind = "user" }) {
  const src = media(url);
  let hue = 0;
  for (const letter of name ?? "") hue = (hue * 31 + (letter.codePointAt(0) ?? 0)) % 360;
  return html`<span class=${`avatar ${kind}`} style=${{ "--hue": hue }} aria-hidden="true">
    ${src ? html`<${Picture} src=${src} />` : [...(name || "?")][0]}
  </span>`;
}
