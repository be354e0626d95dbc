import { html } from "../html.js";
import { t } from "../i18n.js";

/** A message of a type that this page does not know. */
export const Unknown = ({ message }) => html`<div class="bubble unknown">
  ${t("unsupported", { type: message.type })}<pre>${JSON.stringify(message, null, 1)}</pre>
</div>`;
