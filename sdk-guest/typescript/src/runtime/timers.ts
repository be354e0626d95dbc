/** Timers. They wait by the host's clock, and a waiting bot costs memory, not a thread. */

import { subscribeDuration } from "wasx:clocks/monotonic-clock";

import { forget, waitFor, type Wait } from "./loop.js";

const NANOSECONDS = 1_000_000;

const timers = new Map<number, Wait>();
let last = 0;

/** Calls a function once, after a time in milliseconds. */
export function setTimeout<A extends unknown[]>(callback: (...args: A) => void, delay = 0, ...args: A): number {
  return start(callback, delay, args, false);
}

/** Calls a function again and again, until it is cleared or the event is handled. */
export function setInterval<A extends unknown[]>(callback: (...args: A) => void, delay = 0, ...args: A): number {
  return start(callback, delay, args, true);
}

/** Calls a function soon. */
export function setImmediate<A extends unknown[]>(callback: (...args: A) => void, ...args: A): number {
  return start(callback, 0, args, false);
}

/** Takes a timer back. */
export function clearTimeout(id: number | undefined): void {
  const wait = timers.get(id ?? 0);
  if (wait === undefined) return;
  timers.delete(id ?? 0);
  forget(wait);
}

export const clearInterval = clearTimeout;
export const clearImmediate = clearTimeout;

function start<A extends unknown[]>(callback: (...args: A) => void, delay: number, args: A, repeats: boolean): number {
  if (typeof callback !== "function") throw new TypeError("a timer calls a function");
  last += 1;
  const id = last;
  const milliseconds = Math.min(Math.max(Number(delay) || 0, 0), 2 ** 31);
  const set = () => {
    const wake = () => {
      if (repeats) set();
      else timers.delete(id);
      callback(...args);
    };
    timers.set(id, waitFor(subscribeDuration(Math.round(milliseconds * NANOSECONDS)), wake));
  };
  set();
  return id;
}
