/** Checks of what the host's calls are given: its bindings end the bot at what has another type. */

/** The value, if it is a text. */
export function text(value: string, name: string): string {
  if (typeof value !== "string") {
    throw new TypeError(`${name} is a string, not ${described(value)}`);
  }
  return value;
}

/** The value, if it is a whole number. */
export function integer(value: number, name: string): number {
  if (!Number.isSafeInteger(value)) {
    throw new TypeError(`${name} is a whole number, not ${described(value)}`);
  }
  return value;
}

/** What a value is, for an error. */
export function described(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "number") return `the number ${value}`;
  return Array.isArray(value) ? "an array" : `a value of the type ${typeof value}`;
}
