// Where messages are written.

import { useEffect, useRef } from "preact/hooks";
import * as api from "../api.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { line } from "../messages/message.js";
import { act, fail, send } from "../store.js";
import { draft, edited, focusComposer, pickFile, quoted, stickersOpen, wanted } from "../ui.js";
import { Icon } from "./icons.js";
import { Stickers } from "./sticker-picker.js";

export function Composer() {
  const input = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const files = useRef(/** @type {HTMLInputElement | null} */ (null));
  useEffect(() => input.current?.focus(), [focusComposer.value]);
  useEffect(() => grow(input.current), [draft.value]);
  useEffect(() => {
    if (wanted.value === null || !files.current) return;
    files.current.accept = wanted.value;
    wanted.value = null;
    files.current.click();
  }, [wanted.value]);

  const about = edited.value ?? quoted.value;
  return html`<div class="composer">
    ${about && html`<div class="about"><span><b>${t(edited.value ? "edit" : "quote")}</b> ${line(about.message)}</span>
      <button class="round" type="button" aria-label=${t("cancel")} onClick=${forget}><${Icon} name="close" /></button></div>`}
    ${stickersOpen.value && html`<${Stickers} />`}
    <div class="writing">
      <button class="round" type="button" title=${t("sendFile")} aria-label=${t("sendFile")} onClick=${() => pickFile("")}><${Icon} name="plus" /></button>
      <textarea ref=${input} rows="1" dir="auto" placeholder=${t("write")} aria-label=${t("write")} value=${draft.value}
        onInput=${(/** @type {any} */ event) => (draft.value = event.target.value)} onKeyDown=${key}></textarea>
      <button class="round" type="button" title=${t("stickers")} aria-label=${t("stickers")} aria-expanded=${stickersOpen.value} onClick=${() => (stickersOpen.value = !stickersOpen.value)}><${Icon} name="smile" /></button>
      <button class="round send" type="button" title=${t("send")} aria-label=${t("send")} disabled=${!draft.value.trim()} onClick=${sendText}><${Icon} name="send" /></button>
    </div>
    <input class="hidden" ref=${files} type="file" multiple tabindex="-1" aria-hidden="true" onChange=${(/** @type {any} */ event) => sendFiles(event.target).catch(fail)} />
  </div>`;
}

/** @param {HTMLTextAreaElement | null} input */
function grow(input) {
  if (!input) return;
  input.style.height = "auto";
  input.style.height = `${Math.min(input.scrollHeight, 132)}px`;
}

function forget() {
  if (edited.value) draft.value = "";
  edited.value = null;
  quoted.value = null;
}

/** @param {KeyboardEvent} event */
function key(event) {
  // While an input method composes, Enter is its own.
  if (event.key === "Escape") forget();
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  sendText();
}

function sendText() {
  const text = draft.value.trim();
  if (!text) return;
  const edit = edited.value;
  const quote = quoted.value;
  draft.value = "";
  forget();
  if (edit) {
    act([{ event: { type: "messageEdited", message: { id: edit.id, type: "text", text } } }]);
  } else {
    send({ type: "text", text, quotedMessageId: quote?.id });
  }
}

/** @param {HTMLInputElement} input */
async function sendFiles(input) {
  const files = [...(input.files ?? [])];
  input.value = "";
  for (const file of files) {
    const contentId = await api.upload(file);
    const kind = file.type.split("/")[0];
    if (kind === "image") await send({ type: "image", contentId });
    else if (kind === "video" || kind === "audio") await send({ type: kind, contentId, duration: await duration(file, kind) });
    else await send({ type: "file", contentId, fileName: file.name, fileSize: file.size });
  }
}

/**
 * How long a video or a sound is, in milliseconds.
 * @param {File} file
 * @param {string} kind
 * @returns {Promise<number | undefined>}
 */
function duration(file, kind) {
  const element = document.createElement(/** @type {"video"} */ (kind));
  const url = URL.createObjectURL(file);
  return new Promise((resolve) => {
    const done = () => {
      URL.revokeObjectURL(url);
      resolve(Number.isFinite(element.duration) ? Math.round(element.duration * 1000) : undefined);
    };
    element.onloadedmetadata = done;
    element.onerror = done;
    element.src = url;
  });
}
