// The style properties that Flex components share.

import * as measures from "./measures.js";

const { colour, space } = measures;

/**
 * @typedef {Record<string, string | number | undefined>} Style
 */

/**
 * Where a component is in its box.
 * @param {any} component
 * @param {any} parent the box
 * @param {boolean} first
 * @param {number} usual its flex factor when it gives none
 * @returns {Style}
 */
export function place(component, parent, first, usual) {
  const horizontal = parent.layout === "horizontal" || parent.layout === "baseline";
  const gap = first ? undefined : space(component.margin) ?? space(parent.spacing);
  const sized = horizontal ? component.width : component.height;
  const factor = component.flex ?? (sized ? 0 : usual);
  return {
    flex: flex(factor, horizontal),
    [horizontal ? "marginInlineStart" : "marginTop"]: gap,
    ...position(component),
  };
}

/**
 * @param {unknown} factor
 * @param {boolean} horizontal
 */
function flex(factor, horizontal) {
  const number = Number(factor);
  if (!(number > 0)) return "0 0 auto";
  // In a row a component takes its share whatever is in it; a column is as high as its contents.
  return horizontal ? `${number} 1 0%` : `${number} 0 auto`;
}

/**
 * @param {any} component
 * @returns {Style}
 */
export function position(component) {
  const offsets = {
    top: space(component.offsetTop),
    bottom: space(component.offsetBottom),
    insetInlineStart: space(component.offsetStart),
    insetInlineEnd: space(component.offsetEnd),
  };
  const moved = Object.values(offsets).some((offset) => offset !== undefined);
  if (component.position === "absolute") return { position: "absolute", margin: 0, ...offsets };
  return moved ? { position: "relative", ...offsets } : {};
}

/**
 * @param {any} box
 * @returns {Style}
 */
export function padding(box) {
  const all = space(box.paddingAll);
  return {
    paddingTop: space(box.paddingTop) ?? all,
    paddingBottom: space(box.paddingBottom) ?? all,
    paddingInlineStart: space(box.paddingStart) ?? all,
    paddingInlineEnd: space(box.paddingEnd) ?? all,
  };
}

/**
 * @param {any} box
 * @returns {Style}
 */
export function frame(box) {
  const width = measures.border(box.borderWidth);
  return {
    backgroundColor: colour(box.backgroundColor),
    backgroundImage: gradient(box.background),
    borderWidth: width,
    borderStyle: width && width !== "0px" ? "solid" : undefined,
    borderColor: colour(box.borderColor),
    borderRadius: space(box.cornerRadius),
    width: measures.length(box.width),
    maxWidth: measures.length(box.maxWidth),
    height: measures.length(box.height),
    maxHeight: measures.length(box.maxHeight),
  };
}

/**
 * @param {any} background
 * @returns {string | undefined}
 */
export function gradient(background) {
  if (background?.type !== "linearGradient") return undefined;
  const angle = /^\d{1,3}(\.\d+)?deg$/.test(background.angle) ? background.angle : "0deg";
  const [start, centre, end] = [background.startColor, background.centerColor, background.endColor].map(colour);
  if (!start || !end) return undefined;
  const at = /^\d{1,3}(\.\d+)?%$/.test(background.centerPosition) ? background.centerPosition : "50%";
  return `linear-gradient(${[angle, start, centre && `${centre} ${at}`, end].filter(Boolean).join(", ")})`;
}

const ALIGNS = { start: "start", end: "end", center: "center" };

/** @param {unknown} align */
export const textAlign = (align) => ALIGNS[/** @type {keyof typeof ALIGNS} */ (align)];

/**
 * What texts and spans share.
 * @param {any} text
 * @returns {Style}
 */
export function letters(text) {
  return {
    color: colour(text.color),
    fontSize: measures.font(text.size),
    fontWeight: text.weight === "bold" ? 700 : text.weight === "regular" ? 400 : undefined,
    fontStyle: text.style === "italic" ? "italic" : text.style === "normal" ? "normal" : undefined,
    textDecoration: { underline: "underline", "line-through": "line-through", none: "none" }[
      /** @type {"none"} */ (text.decoration)
    ],
  };
}
