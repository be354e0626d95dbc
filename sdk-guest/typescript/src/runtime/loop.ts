/**
 * The event loop. The host calls a bot's handler as an ordinary function, so that whatever is
 * asynchronous in it has to be done when the function returns. QuickJS would run no job before that:
 * a promise of its own would be dropped, and the event counted as handled. So bots have promises
 * (`promise.ts`) and timers of this loop's, and the build makes `await` use them.
 */

import type { Pollable } from "wasx:io/poll";
import { poll } from "wasx:io/poll";

import { dispose } from "../resource.js";

/** Something of the host's that a bot waits for. */
export interface Wait {
  readonly pollable: Pollable;
  readonly wake: () => void;
}

const jobs: (() => void)[] = [];
let waits: Wait[] = [];
const uncaught: unknown[] = [];

/** Has a job run before anything is waited for. */
export function enqueue(job: () => void): void {
  jobs.push(job);
}

/** Has `wake` run when the host is ready. */
export function waitFor(pollable: Pollable, wake: () => void): Wait {
  const wait = { pollable, wake };
  waits.push(wait);
  return wait;
}

/** Waits no longer. */
export function forget(wait: Wait): void {
  const others = waits.filter((other) => other !== wait);
  if (others.length < waits.length) {
    waits = others;
    dispose(wait.pollable);
  }
}

/** Runs what is to be run until it is done. False when nothing is left that could make it so. */
export function runUntil(isDone: () => boolean): boolean {
  for (;;) {
    runJobs();
    if (isDone()) return true;
    if (waits.length === 0) return false;
    const all = waits;
    const ready = [...poll(all.map((wait) => wait.pollable))].map((index) => all[index] as Wait);
    for (const wait of ready) {
      if (!waits.includes(wait)) continue;
      forget(wait);
      guarded(wait.wake);
      runJobs();
    }
  }
}

/** How many timers and requests are waited for. */
export function waiting(): number {
  return waits.length;
}

/** What nobody caught so far. */
export function takeUncaught(): unknown[] {
  return uncaught.splice(0);
}

function runJobs(): void {
  for (let next = 0; next < jobs.length; next += 1) {
    guarded(jobs[next] as () => void);
  }
  jobs.length = 0;
}

function guarded(job: () => void): void {
  try {
    job();
  } catch (error) {
    uncaught.push(error);
  }
}
