import { useEffect, useRef } from "preact/hooks";
import { html } from "../html.js";
import { toast } from "../store.js";

/** A short word to the user. It is a popover, so that it stands above dialogs. */
export function Toast() {
  const element = useRef(/** @type {HTMLElement | null} */ (null));
  const shown = toast.value;
  useEffect(() => {
    if (shown) element.current?.showPopover();
    else element.current?.hidePopover();
  }, [shown]);
  return html`<p class="hidden" role="status">${shown?.text}</p>
    <p class=${`toast ${shown?.bad ? "bad" : ""}`} ref=${element} popover="manual" aria-hidden="true">${shown?.text}</p>`;
}
