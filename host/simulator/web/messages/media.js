// Where the bytes of a message are: with a bot's message at the URL that it gives, with a user's at
// the simulator.

import { contentUrl } from "../api.js";
import { botId } from "../store.js";
import { media } from "../urls.js";

/**
 * @param {any} message
 * @param {"user" | "bot"} from
 * @returns {string | null}
 */
export function source(message, from) {
  if (from === "bot") return media(message.originalContentUrl);
  if (message.contentProvider?.type === "external") return media(message.contentProvider.originalContentUrl);
  return botId.value ? contentUrl(botId.value, message.id) : null;
}

/**
 * @param {any} message
 * @param {"user" | "bot"} from
 */
export function preview(message, from) {
  if (from === "bot") return media(message.previewImageUrl);
  return media(message.contentProvider?.previewImageUrl);
}
