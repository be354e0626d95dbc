// The measures of Flex Messages in CSS pixels, on a screen of 375 (LINE documentation, "Flex Message
// layout" and "Flex Message elements"; the sizes of LINE's Flex Message Simulator).

/** The widths of bubbles. */
export const BUBBLES = { nano: 120, micro: 160, deca: 220, hecto: 241, kilo: 260, mega: 300, giga: 386 };

/** Distances: margins, spacings, paddings, offsets and corners. */
const SPACES = { none: 0, xs: 2, sm: 4, md: 8, lg: 12, xl: 16, xxl: 20 };

const FONTS = {
  xxs: 11, xs: 13, sm: 14, md: 16, lg: 19, xl: 22, xxl: 29, "3xl": 35, "4xl": 48, "5xl": 74,
};

const IMAGES = {
  xxs: 40, xs: 60, sm: 80, md: 100, lg: 120, xl: 140, xxl: 160, "3xl": 180, "4xl": 200, "5xl": 220,
};

const BORDERS = { none: 0, light: 0.5, normal: 1, medium: 2, "semi-bold": 3, bold: 4 };

/** Pixels or a share. */
const LENGTH = /^-?\d{1,5}(\.\d{1,4})?(px|%)$/;

/**
 * @param {Record<string, number>} names
 * @returns {(value: unknown) => string | undefined} a CSS length, or nothing for what is none
 */
function scale(names) {
  return (value) => {
    if (typeof value !== "string") return undefined;
    if (Object.hasOwn(names, value)) return `${names[value]}px`;
    return LENGTH.test(value) ? value : undefined;
  };
}

export const space = scale(SPACES);
export const font = scale(FONTS);
export const border = scale(BORDERS);
export const length = scale({});

/** @param {unknown} value */
export const image = (value) => (value === "full" ? "100%" : scale(IMAGES)(value));

/**
 * `#RRGGBB` or `#RRGGBBAA`; other colours are none.
 * @param {unknown} value
 * @returns {string | undefined}
 */
export function colour(value) {
  return typeof value === "string" && /^#([0-9a-f]{6}|[0-9a-f]{8})$/i.test(value) ? value : undefined;
}

/**
 * `width:height` as CSS writes it.
 * @param {unknown} value
 * @returns {string | undefined}
 */
export function ratio(value) {
  const match = typeof value === "string" && /^(\d{1,6}(?:\.\d+)?):(\d{1,6}(?:\.\d+)?)$/.exec(value);
  return match ? `${match[1]} / ${match[2]}` : undefined;
}
