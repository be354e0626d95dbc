/** `URL` and `URLSearchParams`, which QuickJS has not. */

export { URL, URLSearchParams } from "./core-js-url.js";
