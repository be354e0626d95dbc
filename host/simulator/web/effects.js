// What comes of a tap on an action (LINE reference, "Action objects"). Pure: what has to be done is
// told, not done, so that all actions can be tested without a browser.

import { link } from "./urls.js";

/**
 * @typedef {{ type: string, label?: string, [name: string]: any }} Action
 *
 * @typedef {{
 *   acts?: { event: object, displayText?: string }[],
 *   open?: string,
 *   copy?: string,
 *   ask?: "datetime" | "camera" | "cameraRoll" | "location",
 *   menu?: "open" | "close",
 *   keyboard?: string,
 *   voice?: boolean,
 *   unknown?: string,
 * }} Effect
 * `acts` happen in the chat; `open` and `copy` are the user's own affair; `ask` asks the user first;
 * `menu` and `keyboard` (with the text to fill in) are what LINE shows next.
 */

/**
 * @param {Action} action
 * @param {object} [params] what the user picked, for a date or a time
 * @returns {Effect}
 */
export function effect(action, params) {
  switch (action?.type) {
    case "message":
      return { acts: [says(action.text ?? action.label ?? "")] };
    case "postback":
      return { acts: postback(action), ...next(action) };
    case "datetimepicker":
      return params ? { acts: postback(action, params) } : { ask: "datetime" };
    case "uri": {
      const url = link(action.uri ?? action.linkUri);
      return url ? { open: url } : { unknown: String(action.uri ?? action.linkUri) };
    }
    case "clipboard":
      return { copy: String(action.clipboardText ?? "") };
    case "camera":
    case "cameraRoll":
    case "location":
      return { ask: action.type };
    default:
      return { unknown: String(action?.type) };
  }
}

/** @param {string} text */
function says(text) {
  return { event: { type: "message", message: { type: "text", text } } };
}

/**
 * @param {Action} action
 * @param {object} [params]
 */
function postback(action, params) {
  const event = { type: "postback", postback: { data: String(action.data ?? ""), params } };
  const act = { event, displayText: action.displayText };
  // The deprecated `text` is a message of the user's own.
  return action.text ? [says(action.text), act] : [act];
}

/**
 * What LINE shows after a postback.
 * @param {Action} action
 * @returns {Effect}
 */
function next(action) {
  switch (action.inputOption) {
    case "closeRichMenu":
      return { menu: "close" };
    case "openRichMenu":
      return { menu: "open" };
    case "openKeyboard":
      return { keyboard: String(action.fillInText ?? "") };
    case "openVoice":
      return { voice: true };
    default:
      return {};
  }
}

/**
 * `value` of a date or time in the form of an input element: LINE takes a small `t` too.
 * @param {string | undefined} value
 */
export const pickerValue = (value) => value?.replace("t", "T") ?? "";
