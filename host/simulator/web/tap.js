// Things that can be tapped, and what a tap does.

import { html } from "./html.js";
import { ask } from "./dialogs.js";
import { effect } from "./effects.js";
import { t } from "./i18n.js";
import * as store from "./store.js";
import * as ui from "./ui.js";

/**
 * Makes content that can be tapped. An element around other such elements cannot be one itself for
 * the keyboard, so boxes are only clicked, and have a button of their own for keys.
 * @param {any} action
 * @param {any} content
 * @param {{ class?: string, style?: object, dir?: string, label?: string }} props
 * @returns {any}
 */
export function tappable(action, content, props = {}) {
  if (!action?.type) return html`<div ...${rest(props)}>${content}</div>`;
  const label = action.label ?? props.label ?? action.text ?? action.uri ?? action.type;
  const simple = typeof content === "string" || isLeaf(content);
  if (simple) {
    return html`<div ...${rest(props)} class=${`tappable ${props.class ?? ""}`} role="button" tabindex="0"
      aria-label=${typeof content === "string" ? undefined : String(label)}
      onClick=${(/** @type {Event} */ event) => tap(event, action)} onKeyDown=${(/** @type {KeyboardEvent} */ event) => key(event, action)}>${content}</div>`;
  }
  return html`<div ...${rest(props)} class=${`tappable ${props.class ?? ""}`} onClick=${(/** @type {Event} */ event) => tap(event, action)}>
    <button class="for-keys" type="button" onClick=${(/** @type {Event} */ event) => tap(event, action)}>${String(label)}</button>
    ${content}
  </div>`;
}

/** @param {any} props */
function rest({ label, ...props }) {
  return props;
}

/** @param {any} content */
function isLeaf(content) {
  return !Array.isArray(content);
}

/**
 * @param {KeyboardEvent} event
 * @param {any} action
 */
function key(event, action) {
  if (event.key !== "Enter" && event.key !== " ") return;
  event.preventDefault();
  tap(event, action);
}

/**
 * @param {Event} event
 * @param {any} action
 */
function tap(event, action) {
  event.stopPropagation();
  perform(action).catch(store.fail);
}

/**
 * Does what a tap on `action` does.
 * @param {any} action
 * @param {(params?: object) => Promise<unknown>} [tell] tells the bot, if not as events of our own
 */
export async function perform(action, tell) {
  let params;
  let found = effect(action);
  if (found.ask === "datetime") {
    params = await ask("datetime", action);
    if (!params) return;
    found = effect(action, params);
  }
  if (found.ask) return provide(found.ask);
  if (found.menu) ui.menuOpen.value = found.menu === "open";
  if (found.keyboard !== undefined) ui.compose(found.keyboard);
  if (found.voice) store.say(t("voiceInput"));
  if (found.open) open(found.open);
  if (found.copy !== undefined) await copy(found.copy);
  if (tell) await tell(params);
  else if (found.acts) await store.act(found.acts);
  else if (found.unknown) store.say(t("notAllowed", { url: found.unknown }), true);
}

/** @param {string} kind */
async function provide(kind) {
  if (kind === "location") {
    const place = await ask("location");
    if (place) await store.send({ type: "location", ...place });
  } else {
    ui.pickFile(kind === "camera" ? "image/*" : "image/*,video/*");
  }
}

/** @param {string} url */
function open(url) {
  if (/^https?:/i.test(url)) window.open(url, "_blank", "noopener,noreferrer");
  else store.say(t("wouldOpen", { url }));
}

/** @param {string} text */
export async function copy(text) {
  if (navigator.clipboard) await navigator.clipboard.writeText(text);
  else copySelection(text);
  store.say(t("copied"));
}

/**
 * Browsers keep the clipboard from pages that come by HTTP from another machine, but not what is selected.
 * @param {string} text
 */
function copySelection(text) {
  const area = document.createElement("textarea");
  area.value = text;
  // Behind an open dialog nothing can be selected.
  (document.querySelector("dialog[open]") ?? document.body).append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}
