// Dialogs that ask the user for something: one at a time, and who asked waits for the answer.

import { signal } from "@preact/signals";

/**
 * @typedef {"user" | "group" | "bot" | "datetime" | "location" | "beacon" | "membership" | "member"
 *   | "faults" | "clock" | "settings"} Kind
 */

/** @type {import("@preact/signals").Signal<{ kind: Kind, given: any, answer: (answer: any) => void } | null>} */
export const asked = signal(null);

/**
 * Opens a dialog; the answer is undefined when it was cancelled.
 * @param {Kind} kind
 * @param {any} [given]
 * @returns {Promise<any>}
 */
export function ask(kind, given) {
  asked.value?.answer(undefined);
  return new Promise((resolve) => {
    const answer = (/** @type {any} */ answer) => {
      asked.value = null;
      resolve(answer);
    };
    asked.value = { kind, given, answer };
  });
}
