/** core-js's, in one module: see `scripts/url.mjs`. */
export const URL: typeof globalThis.URL;
export const URLSearchParams: typeof globalThis.URLSearchParams;
