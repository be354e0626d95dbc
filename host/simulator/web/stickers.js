// Placeholder art for stickers and LINE emojis. LINE's own art is LINE's; ours is drawn from the ids,
// so that the same sticker always looks the same, and different ones differ.

import { html } from "./html.js";

/** Packages that bots may send (LINE documentation, "List of available stickers"): first and last id. */
export const PACKAGES = [
  { id: "446", first: 1988, last: 2027 },
  { id: "789", first: 10855, last: 10894 },
  { id: "1070", first: 17839, last: 17878 },
  { id: "6136", first: 10551376, last: 10551399 },
  { id: "8525", first: 16581290, last: 16581313 },
  { id: "11537", first: 52002734, last: 52002773 },
  { id: "11538", first: 51626494, last: 51626533 },
];

const BODIES = [
  "M60 14c28 0 42 20 42 46s-14 44-42 44-42-18-42-44 14-46 42-46z",
  "M60 16c20-6 46 8 46 40s-12 50-46 50-46-18-46-50 26-46 46-40z",
  "M30 24c8-10 14 0 30 0s22-10 30 0 14 26 14 40-14 40-44 40-44-26-44-40 6-30 14-40z",
  "M60 12c10 0 14 14 24 20s22 14 22 32-16 40-46 40-46-22-46-40 12-26 22-32 14-20 24-20z",
];
const EYES = ["dots", "happy", "wide", "wink", "closed"];
const MOUTHS = [
  "M48 72q12 12 24 0",
  "M50 72q10 18 20 0z",
  "M52 76h16",
  "M50 78q10-10 20 0",
  "M54 72q3 6 6 0q3 6 6 0",
];

/** @param {string} text */
function hash(text) {
  let value = 2166136261;
  for (const character of text) value = Math.imul(value ^ character.charCodeAt(0), 16777619);
  return (value ^ (value >>> 15)) >>> 0;
}

/** @param {string} id */
function traits(id) {
  const seed = hash(id);
  return {
    hue: seed % 360,
    body: BODIES[(seed >>> 9) % BODIES.length],
    eyes: EYES[(seed >>> 13) % EYES.length],
    mouth: MOUTHS[(seed >>> 17) % MOUTHS.length],
    prop: (seed >>> 21) % 5,
  };
}

/** @param {string} kind */
function eyes(kind) {
  switch (kind) {
    case "happy":
      return html`<path d="M40 56q5-8 10 0M70 56q5-8 10 0" />`;
    case "wide":
      return html`<g class="solid"><circle cx="45" cy="54" r="6" /><circle cx="75" cy="54" r="6" /></g>
        <g class="shine"><circle cx="47" cy="52" r="2" /><circle cx="77" cy="52" r="2" /></g>`;
    case "wink":
      return html`<circle class="solid" cx="45" cy="54" r="4" /><path d="M70 54h10" />`;
    case "closed":
      return html`<path d="M40 53q5 6 10 0M70 53q5 6 10 0" />`;
    default:
      return html`<g class="solid"><circle cx="45" cy="54" r="4" /><circle cx="75" cy="54" r="4" /></g>`;
  }
}

/** @param {number} kind */
function prop(kind) {
  switch (kind) {
    case 0:
      return html`<path class="heart" d="M100 26c-6-12-20-2-9 9l9 8 9-8c11-11-3-21-9-9z" />`;
    case 1:
      return html`<path class="spark" d="M100 14l4 10 10 4-10 4-4 10-4-10-10-4 10-4z" />`;
    case 2:
      return html`<path class="drop" d="M24 30c0 6-4 10-8 10s-8-4-8-10 8-16 8-16 8 10 8 16z" />`;
    case 3:
      return html`<path class="note" d="M96 38V16l14-4v20M96 38a5 5 0 1 1-5-5 5 5 0 0 1 5 5zM110 32a5 5 0 1 1-5-5 5 5 0 0 1 5 5z" />`;
    default:
      return null;
  }
}

/**
 * @param {string} stickerId
 * @param {string} [packageId]
 */
export function sticker(stickerId, packageId = "") {
  const { hue, body, eyes: look, mouth, prop: thing } = traits(`${packageId}/${stickerId}`);
  return html`<svg class="art" viewBox="0 0 120 120" aria-hidden="true" style=${{ "--hue": hue }}>
    <path class="body" d=${body} />
    <g class="cheeks"><ellipse cx="36" cy="68" rx="6" ry="4" /><ellipse cx="84" cy="68" rx="6" ry="4" /></g>
    <g class="lines">${eyes(look)}<path d=${mouth} /></g>
    ${prop(thing)}
  </svg>`;
}

/**
 * @param {string} productId
 * @param {string} emojiId
 */
export function emoji(productId, emojiId) {
  const { hue, eyes: look, mouth } = traits(`${productId}/${emojiId}`);
  return html`<svg class="art emoji" viewBox="20 22 80 80" role="img" aria-label="LINE emoji ${emojiId}" style=${{ "--hue": hue }}>
    <circle class="body" cx="60" cy="62" r="38" />
    <g class="lines">${eyes(look)}<path d=${mouth} /></g>
  </svg>`;
}
