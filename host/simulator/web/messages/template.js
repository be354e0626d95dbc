// The four kinds of template messages, each drawn by its own file.

import { html } from "../html.js";
import { Buttons } from "./template-buttons.js";
import { TemplateCarousel } from "./template-carousel.js";
import { Confirm } from "./template-confirm.js";
import { ImageCarousel } from "./template-image-carousel.js";

const KINDS = { buttons: Buttons, confirm: Confirm, carousel: TemplateCarousel, image_carousel: ImageCarousel };

export function Template({ message }) {
  const template = message.template ?? {};
  const Kind = Object.hasOwn(KINDS, template.type) ? KINDS[/** @type {"buttons"} */ (template.type)] : null;
  if (!Kind) return html`<div class="bubble words" dir="auto">${String(message.altText ?? "")}</div>`;
  return html`<${Kind} template=${template} altText=${String(message.altText ?? "")} />`;
}
