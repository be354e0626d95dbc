import { html } from "../html.js";
import { buttons } from "./template-card.js";

/** A confirm template: a question with two answers. */
export const Confirm = ({ template }) => html`<div class="card template">
  <div class="card-words" dir="auto"><p>${String(template.text ?? "")}</p></div>
  <div class="card-actions two">${buttons(template.actions)}</div>
</div>`;
