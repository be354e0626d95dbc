import { html } from "../html.js";
import { source } from "./media.js";

/** A file that a user sent. */
export function File({ message, from }) {
  const name = String(message.fileName ?? "file");
  return html`<a class="bubble file" href=${source(message, from) ?? undefined} download=${name}>
    <span class="file-icon" aria-hidden="true">${name.split(".").at(-1)?.slice(0, 4)}</span>
    <span><b>${name}</b><small>${size(message.fileSize ?? 0)}</small></span>
  </a>`;
}

/** @param {number} bytes */
function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
