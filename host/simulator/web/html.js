// Templates: `html` makes Preact's nodes of tagged template strings. What is put into them is text,
// never markup, so that a bot's words cannot become elements.

import { h } from "preact";
import htm from "htm";

/** @type {(strings: TemplateStringsArray, ...values: any[]) => import("preact").VNode<any>} */
export const html = /** @type {any} */ (htm.bind(h));
