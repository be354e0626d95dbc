import { html } from "../html.js";
import { container, isCarousel } from "../flex/container.js";
import { tappable } from "../tap.js";
import { Carousel } from "./carousel.js";

/** A Flex Message. */
export function Flex({ message }) {
  const drawn = container(message.contents, { tap: tappable });
  const label = String(message.altText ?? "");
  if (isCarousel(message.contents)) return html`<${Carousel} label=${label}>${drawn}<//>`;
  return html`<div class="flex" role="group" aria-label=${label}>${drawn}</div>`;
}
