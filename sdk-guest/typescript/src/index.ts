/**
 * Write LINE bots in TypeScript that run on botbox.
 *
 * ```ts
 * import { Bot, reply } from "@botbox/sdk";
 *
 * const bot = new Bot();
 * bot.text(/./, async (event) => reply(event.message.text));
 * export default bot;
 * ```
 *
 * An event runs in a fresh instance: what must be remembered belongs in a {@link bucket}. `console`
 * writes to the host's log.
 *
 * @module
 */

/// <reference path="../wit/types/index.d.ts" preserve="true" />

export * as action from "./action.js";
export type { Action, ClipboardAction, DatetimePickerAction, MessageAction, PostbackAction, UriAction } from "./action.js";
export { Bot, type Middleware, type Result, type TextEvent, type TextPattern } from "./bot.js";
export { CallError } from "./call-error.js";
export * from "./chat.js";
export { config } from "./config.js";
export { Content, getContent, getContentPreview, publish } from "./content.js";
export * from "./event.js";
export { Reject, Retry } from "./failure.js";
export * as flex from "./flex.js";
export type { FlexBox, FlexBubble, FlexCarousel, FlexComponent, FlexContainer } from "./flex.js";
export { callLine } from "./line-api.js";
export * from "./message.js";
export { parsePostback, postbackData } from "./postback.js";
export { cancelTimer, milliseconds, runAfter, runAt, type Duration } from "./schedule.js";
export * from "./send.js";
export { Conversation, Sessions, type Step } from "./session.js";
export { Bucket, bucket } from "./store.js";
export * from "./users.js";
