// URLs come from bots, and bots are not trusted.

/** The schemes that LINE takes in a URI action. */
const LINKS = new Set(["http:", "https:", "tel:", "line:"]);

/**
 * What a link may lead to, or null.
 * @param {unknown} url
 * @returns {string | null}
 */
export function link(url) {
  return allowed(url, LINKS);
}

/**
 * Where a picture, video or sound may come from, or null. LINE takes HTTPS only; bots under
 * development serve plain HTTP too.
 * @param {unknown} url
 * @returns {string | null}
 */
export function media(url) {
  return allowed(url, new Set(["http:", "https:"]));
}

/**
 * @param {unknown} url
 * @param {Set<string>} schemes
 */
function allowed(url, schemes) {
  if (typeof url !== "string") return null;
  try {
    return schemes.has(new URL(url).protocol) ? url : null;
  } catch {
    return null;
  }
}
