// The components of Flex Messages (LINE reference, "Flex Message"): each a pure function of its JSON.

import { html } from "../html.js";
import { media } from "../urls.js";
import * as measures from "./measures.js";
import { frame, letters, padding, place, position, textAlign } from "./style.js";

/**
 * @typedef {{ tap: (action: any, content: any, props: object) => any }} Context
 * `tap` makes something that can be tapped.
 */

/** How a component grows in a row or a column when it gives no `flex`. */
const USUAL_FLEX = { horizontal: 1, vertical: 0, baseline: 1 };

/** Deeper boxes are not drawn; LINE allows much less. */
const MAX_DEPTH = 24;

/**
 * @param {any} box
 * @param {Context} context
 * @param {import("./style.js").Style} [placed]
 * @param {number} [depth]
 * @returns {any}
 */
export function box(box, context, placed = {}, depth = 0) {
  if (depth > MAX_DEPTH) return null;
  const contents = (Array.isArray(box.contents) ? box.contents : []).filter(isObject);
  let first = true;
  const children = contents.map((content) => {
    const drawn = component(content, box, context, first, depth + 1);
    // What is positioned absolutely is out of the row.
    if (content.position !== "absolute") first = false;
    return drawn;
  });
  const layout = Object.hasOwn(USUAL_FLEX, box.layout) ? box.layout : "vertical";
  const style = {
    ...frame(box),
    ...padding(box),
    justifyContent: known(box.justifyContent, JUSTIFY),
    alignItems: layout === "baseline" ? "baseline" : known(box.alignItems, ALIGN),
    ...position(box),
    ...placed,
  };
  return context.tap(box.action, children, { class: `flex-box ${layout}`, style });
}

const JUSTIFY = ["center", "flex-start", "flex-end", "space-between", "space-around", "space-evenly"];
const ALIGN = ["center", "flex-start", "flex-end"];

/**
 * @param {unknown} value
 * @param {string[]} values
 */
const known = (value, values) => (values.includes(/** @type {string} */ (value)) ? /** @type {string} */ (value) : undefined);

/** @param {unknown} value */
const isObject = (value) => typeof value === "object" && value !== null;

/**
 * @param {any} content
 * @param {any} parent
 * @param {Context} context
 * @param {boolean} first
 * @param {number} depth
 */
function component(content, parent, context, first, depth) {
  const usual = USUAL_FLEX[/** @type {"vertical"} */ (parent.layout)] ?? 0;
  switch (content.type) {
    case "box":
      return box(content, context, place(content, parent, first, usual), depth);
    case "text":
      return text(content, context, place(content, parent, first, usual));
    case "image":
      return image(content, context, place(content, parent, first, usual));
    case "button":
      return button(content, context, place(content, parent, first, usual));
    case "icon":
      return icon(content, place(content, parent, first, 0));
    case "separator":
      return separator(content, parent, place({ ...content, flex: 0 }, parent, first, 0));
    case "filler":
      return html`<div class="flex-filler" style=${{ flex: `${Number(content.flex) || 1} 1 0%` }} />`;
    case "spacer":
      return html`<div style=${{ flex: "0 0 auto", width: measures.space(content.size ?? "md"), height: measures.space(content.size ?? "md") }} />`;
    case "video":
      return video(content, context, place(content, parent, first, usual));
    default:
      return null;
  }
}

/**
 * @param {any} text
 * @param {Context} context
 * @param {import("./style.js").Style} placed
 */
function text(text, context, placed) {
  const spans = Array.isArray(text.contents) ? text.contents.filter(isObject) : [];
  const words = spans.length > 0
    ? spans.map((/** @type {any} */ span) => html`<span style=${letters(span)}>${String(span.text ?? "")}</span>`)
    : String(text.text ?? "");
  const lines = Number(text.maxLines);
  const clamped = text.wrap && lines > 0;
  const style = {
    ...letters(text),
    textAlign: textAlign(text.align),
    lineHeight: text.lineSpacing && measures.length(text.lineSpacing) ? `calc(1.4em + ${measures.length(text.lineSpacing)})` : undefined,
    WebkitLineClamp: clamped ? lines : undefined,
  };
  const kind = clamped ? "clamped" : text.wrap ? "wrapped" : "line";
  const content = html`<div class=${`words ${kind}`} style=${style}>${words}</div>`;
  return context.tap(text.action, content, { class: `flex-text ${gravity(text)}`, style: placed });
}

/** @param {any} component */
const gravity = (component) => ({ center: "middle", bottom: "bottom" })[/** @type {"center"} */ (component.gravity)] ?? "top";

/**
 * @param {any} image
 * @param {Context} context
 * @param {import("./style.js").Style} placed
 */
export function image(image, context, placed) {
  const url = media(image.url);
  const size = measures.image(image.size ?? "md");
  const picture = html`<div class="picture" style=${{
    width: size,
    aspectRatio: measures.ratio(image.aspectRatio) ?? "1 / 1",
    backgroundColor: measures.colour(image.backgroundColor),
  }}>
    ${url && html`<img src=${url} alt="" loading="lazy" referrerpolicy="no-referrer"
      class=${image.aspectMode === "cover" ? "cover" : "fit"} />`}
  </div>`;
  const align = { start: "at-start", end: "at-end" }[/** @type {"start"} */ (image.align)] ?? "at-center";
  return context.tap(image.action, picture, { class: `flex-image ${gravity(image)} ${align}`, style: placed });
}

/**
 * @param {any} button
 * @param {Context} context
 * @param {import("./style.js").Style} placed
 */
function button(button, context, placed) {
  const kind = ["primary", "secondary"].includes(button.style) ? button.style : "link";
  const tint = measures.colour(button.color);
  const style = kind === "link" ? { color: tint } : { backgroundColor: tint };
  const label = html`<span class="label">${String(button.action?.label ?? "")}</span>`;
  const tapped = context.tap(button.action ?? {}, label, {
    class: `flex-button ${kind} ${button.height === "sm" ? "small" : ""}`,
    style,
  });
  return html`<div class=${`flex-button-place ${gravity(button)}`} style=${placed}>${tapped}</div>`;
}

/**
 * @param {any} icon
 * @param {import("./style.js").Style} placed
 */
function icon(icon, placed) {
  const url = media(icon.url);
  const style = {
    ...placed,
    height: measures.font(icon.size ?? "md"),
    aspectRatio: measures.ratio(icon.aspectRatio) ?? "1 / 1",
  };
  return html`<span class="flex-icon" style=${style}>${url && html`<img src=${url} alt="" referrerpolicy="no-referrer" />`}</span>`;
}

/**
 * @param {any} separator
 * @param {any} parent
 * @param {import("./style.js").Style} placed
 */
function separator(separator, parent, placed) {
  const upright = parent.layout === "horizontal" || parent.layout === "baseline";
  const style = { ...placed, backgroundColor: measures.colour(separator.color) };
  return html`<div class=${`flex-separator ${upright ? "upright" : ""}`} style=${style} />`;
}

/**
 * @param {any} video
 * @param {Context} context
 * @param {import("./style.js").Style} placed
 */
export function video(video, context, placed) {
  const [url, preview] = [media(video.url), media(video.previewUrl)];
  if (!url) return video.altContent ? component(video.altContent, { layout: "vertical" }, context, true, 0) : null;
  const style = { ...placed, aspectRatio: measures.ratio(video.aspectRatio) ?? "1 / 1" };
  return html`<div class="flex-video" style=${style}>
    <video src=${url} poster=${preview} controls preload="none" aria-label="Video"></video>
    ${video.action && context.tap(video.action, String(video.action.label ?? ""), { class: "flex-video-action" })}
  </div>`;
}
