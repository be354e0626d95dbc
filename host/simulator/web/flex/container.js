// The containers of Flex Messages: bubbles and carousels (LINE reference, "Flex Message").

import { html } from "../html.js";
import { box, image, video } from "./components.js";
import { BUBBLES, colour } from "./measures.js";

/**
 * @param {any} contents
 * @param {import("./components.js").Context} context
 * @returns {any}
 */
export function container(contents, context) {
  if (contents?.type === "carousel") {
    const bubbles = Array.isArray(contents.contents) ? contents.contents : [];
    return bubbles.map((/** @type {any} */ content) => bubble(content, context));
  }
  return bubble(contents, context);
}

/** @param {any} contents */
export const isCarousel = (contents) => contents?.type === "carousel";

/**
 * @param {any} bubble
 * @param {import("./components.js").Context} context
 */
function bubble(bubble, context) {
  if (bubble?.type !== "bubble") return null;
  const size = Object.hasOwn(BUBBLES, bubble.size) ? /** @type {keyof typeof BUBBLES} */ (bubble.size) : "mega";
  const blocks = ["header", "hero", "body", "footer"]
    .filter((name) => bubble[name])
    .map((name, index) => block(name, bubble, index === 0, context));
  return context.tap(bubble.action, blocks, {
    class: `flex-bubble ${size}`,
    dir: bubble.direction === "rtl" ? "rtl" : "ltr",
    style: { width: `${BUBBLES[size]}px` },
  });
}

/**
 * @param {string} name
 * @param {any} bubble
 * @param {boolean} first
 * @param {import("./components.js").Context} context
 */
function block(name, bubble, first, context) {
  const style = bubble.styles?.[name] ?? {};
  const content = bubble[name];
  const line = style.separator && !first &&
    html`<div class="flex-separator" style=${{ backgroundColor: colour(style.separatorColor) }} />`;
  return html`${line}<div class=${`flex-block ${name}`} style=${{ backgroundColor: colour(style.backgroundColor) }}>
    ${blockContent(content, context)}
  </div>`;
}

/**
 * @param {any} content
 * @param {import("./components.js").Context} context
 */
function blockContent(content, context) {
  switch (content.type) {
    case "image":
      return image(content, context, {});
    case "video":
      return video(content, context, {});
    case "box":
      return box(content, context);
    default:
      return null;
  }
}
