// What the page shows beside the data: open panels, the composer's text, what is quoted.

import { signal } from "@preact/signals";
import { remember, remembered } from "./i18n.js";

/** Whether the rich menu is open. */
export const menuOpen = signal(true);
/** Which pane a small screen shows. */
export const pane = signal(/** @type {"chats" | "chat" | "inspector"} */ ("chat"));
/** @type {import("@preact/signals").Signal<any>} The message that is quoted, or edited. */
export const quoted = signal(null);
/** @type {import("@preact/signals").Signal<any>} */
export const edited = signal(null);
/** @type {import("@preact/signals").Signal<number | null>} The log entry that is open. */
export const openEntry = signal(null);
/** The text that is written. */
export const draft = signal("");
/** Counts up to give the composer the focus. */
export const focusComposer = signal(0);
/** @type {import("@preact/signals").Signal<string | null>} What the file picker should take. */
export const wanted = signal(null);
export const stickersOpen = signal(false);

/** @param {string} text */
export function compose(text) {
  if (text) draft.value = text;
  menuOpen.value = false;
  focusComposer.value++;
}

/** @param {string} types as an input element takes them */
export function pickFile(types) {
  wanted.value = types;
}

/**
 * @param {number} seq
 */
export function inspect(seq) {
  openEntry.value = seq;
  pane.value = "inspector";
}

export function toggleTheme() {
  const root = document.documentElement;
  const dark = root.dataset.theme
    ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  remember("theme", root.dataset.theme);
}

export function start() {
  const theme = remembered("theme");
  if (theme) document.documentElement.dataset.theme = theme;
}
