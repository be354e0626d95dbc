/** `console`, to the host's log. */

import type { Level } from "wasi:logging/logging";
import inspect from "object-inspect";

import * as host from "#host";
import { isHandling } from "./phase.js";
import { mapStack } from "./stack.js";

/** What is written while the bot is built goes nowhere: there is no log yet. */
function log(level: Level, values: unknown[]): void {
  if (isHandling()) host.log(level, "console", format(values));
}

/** What `console` is in a bot. */
export const console = {
  debug: (...values: unknown[]) => log("debug", values),
  log: (...values: unknown[]) => log("info", values),
  info: (...values: unknown[]) => log("info", values),
  warn: (...values: unknown[]) => log("warn", values),
  error: (...values: unknown[]) => log("error", values),
  trace: (...values: unknown[]) => log("debug", [...values, mapStack(new Error().stack ?? "")]),
  dir: (value: unknown) => log("info", [value]),
  table: (value: unknown) => log("info", [value]),
  group: (...values: unknown[]) => log("info", values),
  groupEnd: () => undefined,
  assert: (condition: unknown, ...values: unknown[]) => {
    if (!condition) log("error", ["assertion failed:", ...values]);
  },
};

/** The values as Node writes them: `%s`, `%d`, `%i`, `%f`, `%j`, `%o` and `%O` in the first text, the others behind. */
function format([first, ...rest]: unknown[]): string {
  if (typeof first !== "string") return [first, ...rest].map(show).join(" ");
  const text = first.replaceAll(/%[sdifjoO%]/g, (mark) => {
    if (mark === "%%") return "%";
    if (rest.length === 0) return mark;
    const value = rest.shift();
    if (mark === "%s") return typeof value === "object" ? show(value) : String(value);
    if (mark === "%j") return JSON.stringify(value) ?? "undefined";
    return "oO".includes(mark.slice(1)) ? show(value) : show(mark === "%i" ? Math.trunc(Number(value)) : Number(value));
  });
  return [text, ...rest.map(show)].join(" ");
}

function show(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof Error) return `${value.name}: ${value.message}\n${mapStack(value.stack ?? "")}`.trimEnd();
  return inspect(value, { depth: 5 });
}
