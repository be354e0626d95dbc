import { card } from "./template-card.js";

/** A buttons template. */
export const Buttons = ({ template }) => card(template, template);
