// The page's icons.

import { html } from "../html.js";

const PATHS = {
  send: "M4 20l17-8L4 4v6l11 2-11 2z",
  plus: "M12 5v14M5 12h14",
  smile: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM9 10h.01M15 10h.01M8.500 14.500a4.500 4.500 0 0 0 7 0",
  back: "M15 5l-7 7 7 7",
  user: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 20c1-4 4-6 8-6s7 2 8 6",
  group: "M9 12a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM2.500 19c.8-3.500 3.200-5 6.500-5s5.700 1.500 6.500 5M16 5.500a3.300 3.300 0 0 1 0 6.400M18 14.300c2 .7 3.200 2.200 3.700 4.700",
  bolt: "M13 3L5 14h6l-1 7 8-11h-6z",
  dots: "M5 12h.01M12 12h.01M19 12h.01",
  menu: "M4 7h16M4 12h16M4 17h16",
  keyboard: "M3 6h18v12H3zM7 10h.01M11 10h.01M15 10h.01M8 14h8",
  close: "M6 6l12 12M18 6L6 18",
  theme: "M12 3a9 9 0 1 0 9 9 7 7 0 0 1-9-9z",
  gear: "M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM12 3v3M12 18v3M3 12h3M18 12h3M5.600 5.600l2.100 2.100M16.300 16.300l2.100 2.100M5.600 18.400l2.100-2.100M16.300 7.700l2.100-2.100",
  inspect: "M4 5h16M4 12h10M4 19h7M18 15l3 3-3 3",
  quote: "M9 7l-5 5 5 5M4 12h10a6 6 0 0 1 6 6",
  trash: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  pencil: "M4 20l1-5L16 4l4 4L9 19z",
  save: "M12 4v10M7 10l5 5 5-5M5 20h14",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3 2",
  note: "M6 4h12v16H6zM9 9h6M9 13h6",
  warn: "M12 4l9 16H3zM12 10v4M12 17h.01",
  webhook: "M12 4v12M6 11l6 6 6-6",
  call: "M12 20V8M6 13l6-6 6 6",
};

/** @param {{ name: keyof typeof PATHS }} props */
export const Icon = ({ name }) => html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d=${PATHS[name]} /></svg>`;
