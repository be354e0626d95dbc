/**
 * Flex Messages: messages with a free layout (LINE reference, "Flex Message").
 *
 * The types are LINE's JSON objects. The functions write them shorter:
 *
 * ```ts
 * import * as flex from "@botbox/sdk/flex";
 *
 * const cafe = flex.bubble({
 *   body: flex.vertical([
 *     flex.text("Brown Cafe", { weight: "bold", size: "xl" }),
 *     flex.baseline([flex.icon("https://example.com/star.png"), flex.text("4.0")]),
 *   ]),
 * });
 * await reply(flex.message("Brown Cafe", cafe));
 * ```
 */

import type { Action } from "./action.js";
import type { FlexMessage } from "./message.js";

/** A bubble, or a carousel of bubbles. */
export type FlexContainer = FlexBubble | FlexCarousel;

/** At most 12 bubbles to swipe through. */
export interface FlexCarousel {
  type: "carousel";
  contents: FlexBubble[];
}

/** One card. */
export interface FlexBubble {
  type: "bubble";
  size?: "nano" | "micro" | "deca" | "hecto" | "kilo" | "mega" | "giga";
  direction?: "ltr" | "rtl";
  header?: FlexBox;
  hero?: FlexBox | FlexImage | FlexVideo;
  body?: FlexBox;
  footer?: FlexBox;
  styles?: { header?: BlockStyle; hero?: BlockStyle; body?: BlockStyle; footer?: BlockStyle };
  action?: Action;
}

/** How a block of a bubble looks. */
export interface BlockStyle {
  backgroundColor?: string;
  separator?: boolean;
  separatorColor?: string;
}

/** What stands in a box. */
export type FlexComponent =
  | FlexBox
  | FlexButton
  | FlexImage
  | FlexIcon
  | FlexText
  | FlexSeparator
  | FlexFiller;

/** A distance: a keyword, or pixels such as `12px`. */
export type Space = "none" | "xs" | "sm" | "md" | "lg" | "xl" | "xxl" | `${number}px`;
/** A length: pixels such as `12px`, or a share such as `50%`. */
export type Length = `${number}px` | `${number}%`;
/** A size of texts and icons. */
export type Size = "xxs" | "xs" | "sm" | "md" | "lg" | "xl" | "xxl" | "3xl" | "4xl" | "5xl" | `${number}px`;

/** Where a component stands. */
export interface Placement {
  position?: "relative" | "absolute";
  offsetTop?: Space | Length;
  offsetBottom?: Space | Length;
  offsetStart?: Space | Length;
  offsetEnd?: Space | Length;
}

/** What most components can have. */
export interface ComponentBase extends Placement {
  /** Its share of the box's room. */
  flex?: number;
  /** The distance to the component before it. */
  margin?: Space;
}

/** Components one below, or beside, the other. */
export interface FlexBox extends ComponentBase {
  type: "box";
  layout: "vertical" | "horizontal" | "baseline";
  contents: FlexComponent[];
  spacing?: Space;
  width?: Length;
  maxWidth?: Length;
  height?: Length;
  maxHeight?: Length;
  backgroundColor?: string;
  borderColor?: string;
  borderWidth?: "none" | "light" | "normal" | "medium" | "semi-bold" | "bold" | `${number}px`;
  cornerRadius?: Space;
  paddingAll?: Space | Length;
  paddingTop?: Space | Length;
  paddingBottom?: Space | Length;
  paddingStart?: Space | Length;
  paddingEnd?: Space | Length;
  justifyContent?: "flex-start" | "center" | "flex-end" | "space-between" | "space-around" | "space-evenly";
  alignItems?: "flex-start" | "center" | "flex-end";
  background?: LinearGradient;
  action?: Action;
}

/** A background that goes from one colour to another. */
export interface LinearGradient {
  type: "linearGradient";
  /** Such as `90deg`. */
  angle: `${number}deg`;
  startColor: string;
  endColor: string;
  centerColor?: string;
  centerPosition?: `${number}%`;
}

/** A button. */
export interface FlexButton extends ComponentBase {
  type: "button";
  action: Action;
  height?: "sm" | "md";
  style?: "primary" | "secondary" | "link";
  color?: string;
  gravity?: "top" | "bottom" | "center";
  adjustMode?: "shrink-to-fit";
  scaling?: boolean;
}

/** An image. */
export interface FlexImage extends ComponentBase {
  type: "image";
  /** HTTPS; JPEG or PNG, at most 10 MB. */
  url: string;
  size?: Size | Length | "full";
  align?: "start" | "end" | "center";
  gravity?: "top" | "bottom" | "center";
  /** Such as `20:13`. */
  aspectRatio?: `${number}:${number}`;
  aspectMode?: "cover" | "fit";
  backgroundColor?: string;
  action?: Action;
  animated?: boolean;
}

/** A video, as a bubble's hero. */
export interface FlexVideo {
  type: "video";
  /** HTTPS; MP4, at most 200 MB. */
  url: string;
  previewUrl: string;
  /** What is shown where videos can't be. */
  altContent: FlexBox | FlexImage;
  aspectRatio?: `${number}:${number}`;
  action?: Action;
}

/** An icon. In baseline boxes only. */
export interface FlexIcon extends Placement {
  type: "icon";
  /** HTTPS; PNG or JPEG, at most 1 MB. */
  url: string;
  margin?: Space;
  size?: Size;
  aspectRatio?: `${number}:${number}`;
  scaling?: boolean;
}

/** How letters look. */
export interface TextStyle {
  size?: Size;
  weight?: "regular" | "bold";
  color?: string;
  style?: "normal" | "italic";
  decoration?: "none" | "underline" | "line-through";
}

/** A text, or spans of one. */
export interface FlexText extends ComponentBase, TextStyle {
  type: "text";
  text?: string;
  contents?: FlexSpan[];
  adjustMode?: "shrink-to-fit";
  align?: "start" | "end" | "center";
  gravity?: "top" | "bottom" | "center";
  wrap?: boolean;
  lineSpacing?: `${number}px`;
  maxLines?: number;
  action?: Action;
  scaling?: boolean;
}

/** A part of a text. */
export interface FlexSpan extends TextStyle {
  type: "span";
  text: string;
}

/** A line between components. */
export interface FlexSeparator {
  type: "separator";
  margin?: Space;
  color?: string;
}

/** Room between components. */
export interface FlexFiller {
  type: "filler";
  flex?: number;
}

/** What can be said of an object beside what its function takes. */
type Options<T, K extends keyof T = never> = Omit<T, "type" | K>;

/** A message of a container. `altText` is shown in notifications. */
export function message(altText: string, contents: FlexContainer): FlexMessage {
  return { type: "flex", altText, contents };
}

/** One card. */
export function bubble(blocks: Options<FlexBubble>): FlexBubble {
  return { type: "bubble", ...blocks };
}

/** At most 12 bubbles to swipe through. */
export function carousel(contents: FlexBubble[]): FlexCarousel {
  return { type: "carousel", contents };
}

/** Components one below the other. */
export function vertical(contents: FlexComponent[], options: Options<FlexBox, "layout" | "contents"> = {}): FlexBox {
  return { type: "box", layout: "vertical", contents, ...options };
}

/** Components one beside the other. */
export function horizontal(contents: FlexComponent[], options: Options<FlexBox, "layout" | "contents"> = {}): FlexBox {
  return { type: "box", layout: "horizontal", contents, ...options };
}

/** Texts and icons on one line. */
export function baseline(
  contents: (FlexText | FlexIcon | FlexFiller)[],
  options: Options<FlexBox, "layout" | "contents"> = {},
): FlexBox {
  return { type: "box", layout: "baseline", contents, ...options };
}

/** A text, or spans of one. */
export function text(text: string | FlexSpan[], options: Options<FlexText, "text" | "contents"> = {}): FlexText {
  return typeof text === "string" ? { type: "text", text, ...options } : { type: "text", contents: text, ...options };
}

/** A part of a text. */
export function span(text: string, style: TextStyle = {}): FlexSpan {
  return { type: "span", text, ...style };
}

/** A button. */
export function button(action: Action, options: Options<FlexButton, "action"> = {}): FlexButton {
  return { type: "button", action, ...options };
}

/** An image. */
export function image(url: string, options: Options<FlexImage, "url"> = {}): FlexImage {
  return { type: "image", url, ...options };
}

/** A video, as a bubble's hero. */
export function video(url: string, options: Options<FlexVideo, "url">): FlexVideo {
  return { type: "video", url, ...options };
}

/** An icon, in a baseline box. */
export function icon(url: string, options: Options<FlexIcon, "url"> = {}): FlexIcon {
  return { type: "icon", url, ...options };
}

/** A line between components. */
export function separator(options: Options<FlexSeparator> = {}): FlexSeparator {
  return { type: "separator", ...options };
}

/** Room between components. */
export function filler(options: Options<FlexFiller> = {}): FlexFiller {
  return { type: "filler", ...options };
}
