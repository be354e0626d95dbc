// A message of any type, drawn by the file of its type, and said in one line.

import { html } from "../html.js";
import { t } from "../i18n.js";
import { Audio } from "./audio.js";
import { Coupon } from "./coupon.js";
import { File } from "./file.js";
import { Flex } from "./flex.js";
import { Image } from "./image.js";
import { Imagemap } from "./imagemap.js";
import { Location } from "./location.js";
import { Sticker } from "./sticker.js";
import { Template } from "./template.js";
import { Text } from "./text.js";
import { TextV2 } from "./text-v2.js";
import { Unknown } from "./unknown.js";
import { Video } from "./video.js";

const TYPES = {
  text: Text, textV2: TextV2, sticker: Sticker, image: Image, video: Video, audio: Audio, file: File,
  location: Location, imagemap: Imagemap, template: Template, flex: Flex, coupon: Coupon,
};

/** @param {{ message: any, from: "user" | "bot" }} props */
export function Message({ message, from }) {
  const Type = Object.hasOwn(TYPES, message.type) ? TYPES[/** @type {"text"} */ (message.type)] : Unknown;
  return html`<${Type} message=${message} from=${from} />`;
}

/**
 * A message in one line: for lists, quotes and screen readers.
 * @param {any} message
 * @returns {string}
 */
export function line(message) {
  switch (message?.type) {
    case "text":
    case "textV2":
      return String(message.text ?? "");
    case "template":
    case "flex":
    case "imagemap":
      return String(message.altText ?? message.type);
    case "file":
      return `${t("file")}: ${message.fileName ?? ""}`;
    case "location":
      return `${t("location")}: ${message.title ?? message.address ?? ""}`;
    case "sticker":
      return t("sticker", { id: message.stickerId });
    case "image":
    case "video":
    case "audio":
    case "coupon":
      return t(/** @type {"image"} */ (message.type));
    default:
      return String(message?.type ?? "");
  }
}
