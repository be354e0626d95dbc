/** What buttons do (LINE reference, "Action objects"), and functions that write the common ones. */

/** What a button does. Its label has at most 20 characters, 40 in Flex Messages. */
export type Action =
  | PostbackAction
  | MessageAction
  | UriAction
  | DatetimePickerAction
  | ClipboardAction
  | RichMenuSwitchAction
  | CameraAction
  | CameraRollAction
  | LocationAction;

/** Sends the bot a postback event. */
export interface PostbackAction {
  type: "postback";
  label?: string;
  /** Comes back in the event; at most 300 characters. */
  data: string;
  /** What appears in the chat as the user's message; at most 300 characters. */
  displayText?: string;
  /** What happens to the menu. */
  inputOption?: "closeRichMenu" | "openRichMenu" | "openKeyboard" | "openVoice";
  /** What stands in the opened keyboard's field; at most 300 characters. */
  fillInText?: string;
}

/** Makes the user send a text. */
export interface MessageAction {
  type: "message";
  label?: string;
  /** At most 300 characters. */
  text: string;
}

/** Opens a URI. */
export interface UriAction {
  type: "uri";
  label?: string;
  /** `http`, `https`, `line` or `tel`; at most 1,000 characters. */
  uri: string;
  /** Instead, on a desktop. */
  altUri?: { desktop: string };
}

/** Lets the user pick a date or time, which comes back in a postback event. */
export interface DatetimePickerAction {
  type: "datetimepicker";
  label?: string;
  /** Comes back in the event; at most 300 characters. */
  data: string;
  mode: "date" | "time" | "datetime";
  /** What is picked at first: `2026-12-24`, `18:00` or `2026-12-24T18:00`, by mode. */
  initial?: string;
  max?: string;
  min?: string;
}

/** Copies a text to the user's clipboard. */
export interface ClipboardAction {
  type: "clipboard";
  label?: string;
  /** 1 to 1,000 characters. */
  clipboardText: string;
}

/** Shows another rich menu. In rich menus only. */
export interface RichMenuSwitchAction {
  type: "richmenuswitch";
  label?: string;
  richMenuAliasId: string;
  /** Comes back in a postback event; at most 300 characters. */
  data: string;
}

/** Opens the camera. In quick replies only. */
export interface CameraAction {
  type: "camera";
  label: string;
}

/** Opens the photos. In quick replies only. */
export interface CameraRollAction {
  type: "cameraRoll";
  label: string;
}

/** Lets the user send a place. In quick replies only. */
export interface LocationAction {
  type: "location";
  label: string;
}

/** An action without what the function writes. */
type Options<A, K extends keyof A> = Omit<A, "type" | "label" | K>;

/** Sends the bot a postback event with this data. */
export function postback(label: string, data: string, options: Options<PostbackAction, "data"> = {}): PostbackAction {
  return { type: "postback", label, data, ...options };
}

/** Makes the user send a text: the label, unless another is given. */
export function message(label: string, text: string = label): MessageAction {
  return { type: "message", label, text };
}

/** Opens a URI. */
export function uri(label: string, uri: string, options: Options<UriAction, "uri"> = {}): UriAction {
  return { type: "uri", label, uri, ...options };
}

/** Lets the user pick a date or time. */
export function datetimePicker(
  label: string,
  data: string,
  mode: DatetimePickerAction["mode"],
  options: Options<DatetimePickerAction, "data" | "mode"> = {},
): DatetimePickerAction {
  return { type: "datetimepicker", label, data, mode, ...options };
}

/** Copies a text to the user's clipboard. */
export function clipboard(label: string, clipboardText: string): ClipboardAction {
  return { type: "clipboard", label, clipboardText };
}
