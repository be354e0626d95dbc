import { html } from "../html.js";
import { tappable } from "../tap.js";
import { media } from "../urls.js";
import { Carousel } from "./carousel.js";
import { Picture } from "./picture.js";

/** An image carousel template. */
export const ImageCarousel = ({ template, altText }) => html`<${Carousel} label=${altText}>
  ${(template.columns ?? []).map((/** @type {any} */ column) => {
    const label = column.action?.label;
    const content = html`<div><${Picture} src=${media(column.imageUrl)} />
      ${label && html`<span class="pill">${String(label)}</span>`}</div>`;
    return tappable(column.action, content, { class: "image-column" });
  })}
<//>`;
