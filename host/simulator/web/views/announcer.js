// Says new messages to screen readers: the one live region of the chat. The log itself is silent,
// since its parts come and go as it is scrolled.

import { useRef } from "preact/hooks";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { line } from "../messages/message.js";
import { bot, messages, people } from "../store.js";

export function Announcer() {
  const begun = useRef(/** @type {number | null} */ (null));
  const newest = messages.value.at(-1);
  if (begun.current === null && newest) begun.current = newest.seq;
  // Numbers may begin again.
  if (begun.current !== null) begun.current = Math.min(begun.current, newest?.seq ?? 0);
  const fresh = newest && newest.seq > (begun.current ?? 0);
  const name = newest?.from === "bot" ? bot.value?.displayName : people.value.get(newest?.userId ?? "")?.name;
  return html`<p class="hidden" aria-live="polite">${fresh && t("said", { name, text: line(newest.message) })}</p>`;
}
