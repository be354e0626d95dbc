/** Timers: events of the bot's own making. */

import * as host from "#host";
import { integer, text } from "./argument.js";
import { call } from "./call-error.js";
import type { EventBase } from "./event.js";

/** How long something takes. */
export interface Duration {
  days?: number;
  hours?: number;
  minutes?: number;
  seconds?: number;
}

const UNITS = { days: 86_400_000, hours: 3_600_000, minutes: 60_000, seconds: 1_000 };

/** A duration in milliseconds. */
export function milliseconds(duration: Duration): number {
  const units = Object.entries(UNITS) as [keyof Duration, number][];
  return units.reduce((sum, [unit, length]) => sum + (duration[unit] ?? 0) * length, 0);
}

/**
 * Has a timer come at a time, with the source of the event that is being handled: a handler of
 * `bot.timer` gets it, and can push, but not reply. A second from now at the earliest, a year ahead
 * at most. Returns an id to cancel it with.
 *
 * When the event is run again, a timer of the same time and payload is the same timer.
 */
export async function runAt(at: Date | number, payload: string, options: { idempotencyKey?: string } = {}): Promise<string> {
  const time = integer(Number(at), "the time of a timer");
  text(payload, "a timer's payload");
  return call(() => host.runAt(time, payload, options.idempotencyKey));
}

/** The same, counted from the event: the time is then the same in each attempt. */
export async function runAfter(event: EventBase, duration: Duration, payload: string): Promise<string> {
  return runAt(event.timestamp + milliseconds(duration), payload);
}

/** Takes a timer back. Returns whether it was still to come. */
export async function cancelTimer(id: string): Promise<boolean> {
  text(id, "a timer's id");
  return call(() => host.cancel(id));
}
