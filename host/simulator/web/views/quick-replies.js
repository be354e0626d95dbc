import { html } from "../html.js";
import { t } from "../i18n.js";
import { Picture } from "../messages/picture.js";
import { fail, messages } from "../store.js";
import { perform } from "../tap.js";
import { focusComposer } from "../ui.js";
import { media } from "../urls.js";

/** The quick replies of the last message; they go when anything is said. */
export function QuickReplies() {
  const last = messages.value.at(-1);
  const items = last?.from === "bot" ? last.message.quickReply?.items : null;
  if (!Array.isArray(items) || items.length === 0) return null;
  return html`<div class="quick-replies" role="group" aria-label=${t("quickReplies")}>
    ${items.map((item, index) => html`<button type="button" key=${index} onClick=${() => tapped(item.action)}>
      ${item.imageUrl && html`<${Picture} src=${media(item.imageUrl)} />`}<span>${String(item.action?.label ?? "")}</span>
    </button>`)}
  </div>`;
}

/** @param {any} action */
function tapped(action) {
  // The button goes, and the focus must not go with it.
  focusComposer.value++;
  perform(action).catch(fail);
}
