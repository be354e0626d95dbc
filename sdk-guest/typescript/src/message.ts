/** Messages that a bot sends, as LINE's own JSON objects (LINE reference, "Message objects"). */

import type { Action } from "./action.js";
import type { FlexContainer } from "./flex.js";

/** What all messages can have. */
export interface MessageBase {
  /** Buttons above the keyboard, at most 13. Those of a request's last message show. */
  quickReply?: QuickReply;
  /** Who the message seems to be from. */
  sender?: { name?: string; iconUrl?: string };
}

/** Buttons above the keyboard. */
export interface QuickReply {
  items: QuickReplyItem[];
}

/** A quick reply button. */
export interface QuickReplyItem {
  type: "action";
  /** HTTPS; PNG, square, at most 1 MB. */
  imageUrl?: string;
  action: Action;
}

/** One message. */
export type Message =
  | TextMessage
  | TextV2Message
  | StickerMessage
  | ImageMessage
  | VideoMessage
  | AudioMessage
  | LocationMessage
  | CouponMessage
  | ImagemapMessage
  | TemplateMessage
  | FlexMessage;

/** A text. */
export interface TextMessage extends MessageBase {
  type: "text";
  /** At most 5,000 UTF-16 code units. */
  text: string;
  /** LINE emoji, at most 20, each in the place of a `$` in the text. */
  emojis?: { index: number; productId: string; emojiId: string }[];
  /** Of the message to quote. */
  quoteToken?: string;
}

/** A text with mentions and emoji in it. */
export interface TextV2Message extends MessageBase {
  type: "textV2";
  /** At most 5,000 UTF-16 code units. `{name}` stands for a substitution. */
  text: string;
  /** What stands for each name, at most 100. */
  substitution?: Record<string, Substitution>;
  /** Of the message to quote. */
  quoteToken?: string;
}

/** What stands in a text for a name. */
export type Substitution =
  | { type: "mention"; mentionee: { type: "user"; userId: string } | { type: "all" } }
  | { type: "emoji"; productId: string; emojiId: string };

/** A sticker of those that bots may send. */
export interface StickerMessage extends MessageBase {
  type: "sticker";
  packageId: string;
  stickerId: string;
  /** Of the message to quote. */
  quoteToken?: string;
}

/** An image: HTTPS URLs of at most 2,000 characters, to JPEG or PNG. */
export interface ImageMessage extends MessageBase {
  type: "image";
  /** At most 10 MB. */
  originalContentUrl: string;
  /** At most 1 MB. */
  previewImageUrl: string;
}

/** A video. */
export interface VideoMessage extends MessageBase {
  type: "video";
  /** HTTPS; MP4, at most 200 MB. */
  originalContentUrl: string;
  /** HTTPS; JPEG or PNG, at most 1 MB. */
  previewImageUrl: string;
  /** Comes back in the event `videoPlayComplete`. */
  trackingId?: string;
}

/** A sound. */
export interface AudioMessage extends MessageBase {
  type: "audio";
  /** HTTPS; MP3 or M4A, at most 200 MB. */
  originalContentUrl: string;
  /** In milliseconds. */
  duration: number;
}

/** A place. */
export interface LocationMessage extends MessageBase {
  type: "location";
  /** At most 100 characters. */
  title: string;
  /** At most 100 characters. */
  address: string;
  latitude: number;
  longitude: number;
}

/** A coupon of the account. */
export interface CouponMessage extends MessageBase {
  type: "coupon";
  couponId: string;
  deliveryTag?: string;
}

/** A rectangle, in pixels of an image that is 1,040 wide. */
export interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** An image with areas to tap. */
export interface ImagemapMessage extends MessageBase {
  type: "imagemap";
  /** HTTPS. LINE adds `/240`, `/300`, `/460`, `/700` and `/1040`. */
  baseUrl: string;
  altText: string;
  baseSize: { width: number; height: number };
  video?: {
    originalContentUrl: string;
    previewImageUrl: string;
    area: Area;
    externalLink?: { linkUri: string; label: string };
  };
  /** At most 50. */
  actions: ImagemapAction[];
}

/** What a tap on an area does. */
export type ImagemapAction = { label?: string; area: Area } & (
  | { type: "uri"; linkUri: string }
  | { type: "message"; text: string }
  | { type: "clipboard"; clipboardText: string }
);

/** A message with a fixed layout and buttons. */
export interface TemplateMessage extends MessageBase {
  type: "template";
  /** Shown in notifications; at most 1,500 characters. */
  altText: string;
  template: ButtonsTemplate | ConfirmTemplate | CarouselTemplate | ImageCarouselTemplate;
}

/** How a template shows its images. */
export interface ImageStyle {
  imageAspectRatio?: "rectangle" | "square";
  imageSize?: "cover" | "contain";
}

/** An image, a title, a text and buttons. */
export interface ButtonsTemplate extends ImageStyle {
  type: "buttons";
  thumbnailImageUrl?: string;
  imageBackgroundColor?: string;
  /** At most 40 characters. */
  title?: string;
  /** At most 160 characters, 60 with an image or a title. */
  text: string;
  defaultAction?: Action;
  /** At most 4. */
  actions: Action[];
}

/** A question with two buttons. */
export interface ConfirmTemplate {
  type: "confirm";
  /** At most 240 characters. */
  text: string;
  actions: [Action, Action];
}

/** Columns to swipe through. */
export interface CarouselTemplate extends ImageStyle {
  type: "carousel";
  /** At most 10, all with the same number of actions. */
  columns: CarouselColumn[];
}

/** A column of a carousel. */
export interface CarouselColumn {
  thumbnailImageUrl?: string;
  imageBackgroundColor?: string;
  /** At most 40 characters. */
  title?: string;
  /** At most 120 characters, 60 with an image or a title. */
  text: string;
  defaultAction?: Action;
  /** At most 3. */
  actions: Action[];
}

/** Images to swipe through. */
export interface ImageCarouselTemplate {
  type: "image_carousel";
  /** At most 10. */
  columns: { imageUrl: string; action: Action }[];
}

/** A message with a free layout; see `@botbox/sdk/flex`. */
export interface FlexMessage extends MessageBase {
  type: "flex";
  /** Shown in notifications; at most 1,500 characters. */
  altText: string;
  contents: FlexContainer;
}

/** A message that LINE took. */
export interface SentMessage {
  id: string;
  /** To quote it with, on the kinds of message that can be quoted. */
  quoteToken?: string | null | undefined;
}

/** One message or several, at most 5; a string is a text. */
export type Messages = string | Message | readonly (string | Message)[];

/** Buttons above the keyboard, of actions. */
export function quickReply(...actions: Action[]): QuickReply {
  return { items: actions.map((action) => ({ type: "action", action })) };
}
