import { html } from "../html.js";
import { Carousel } from "./carousel.js";
import { card } from "./template-card.js";

/** A carousel template. */
export const TemplateCarousel = ({ template, altText }) => html`<${Carousel} label=${altText}>
  ${(template.columns ?? []).map((/** @type {any} */ column) => card(column, template))}
<//>`;
