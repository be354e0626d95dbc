/** What a component exports: an event of the host's to the bot, and the end of it back. */

import type { BeaconDevice as HostDevice, Event as HostEvent } from "botbox:line/events";

import * as host from "#host";
import type { Bot } from "../bot.js";
import type { BeaconDevice, Event } from "../event.js";
import { runUntil, takeUncaught, waiting } from "./loop.js";
import { failureOf, wholeStack, type Failure } from "./outcome.js";
import { beginHandling } from "./phase.js";
import { LoopPromise } from "./promise.js";
import { authorFrames, takeSourceMap } from "./stack.js";

/** The bundle ends with a call of it. */
Object.assign(globalThis, { botboxSourceMap: takeSourceMap });

/** Deep enough for the author's frames below those of the SDK. */
Error.stackTraceLimit = 50;

/** The export of a bot. */
export function handler(bot: Bot): { handle(event: HostEvent): void } {
  if (typeof bot?.handle !== "function") {
    throw new TypeError("a bot's module exports it by default: `export default bot`");
  }
  return {
    handle(received) {
      beginHandling();
      const failure = failureIn(() => bot.handle(eventOf(received)));
      // The bindings make the function's error of what is thrown.
      if (failure !== undefined) throw failure;
    },
  };
}

/** Runs a handler to its end, and says what it failed with. */
function failureIn(handle: () => Promise<void>): Failure | undefined {
  const promise = LoopPromise.try(handle);
  const isSettled = () => LoopPromise.state(promise).status !== "pending";
  if (!runUntil(isSettled)) return { tag: "reject", val: neverSettled() };
  const { status, reason } = LoopPromise.state(promise);
  const left = waiting();
  if (left > 0) {
    host.log("warn", "botbox", `${left} timers or requests were not awaited, and end with the event`);
  }
  const thrown = [...(status === "rejected" ? [reason] : []), ...takeUncaught(), ...LoopPromise.takeUnhandled()];
  const failures = thrown.flatMap((each) => {
    const failure = failureOf(each);
    if (failure !== undefined) host.log("error", "botbox", wholeStack(each));
    return failure ?? [];
  });
  return failures[0];
}

function neverSettled(): string {
  const [place] = authorFrames(LoopPromise.unsettled() ?? "");
  const what = place === undefined ? "a promise" : `the promise made at ${place}`;
  return `the handler waits for ever: nothing is left that could settle ${what}`;
}

/** LINE's own JSON, and what the host adds to it. */
function eventOf(received: HostEvent): Event {
  const event = JSON.parse(host.getJson()) as Event;
  event.attempt = received.attempt;
  event.replyState = received.reply;
  if (event.type === "accountLink" && received.kind.tag === "account-link" && received.kind.val.account) {
    event.link.account = received.kind.val.account;
  }
  if (event.type === "beacon" && received.kind.tag === "beacon" && received.kind.val.device) {
    event.beacon.device = deviceOf(received.kind.val.device);
  }
  if (event.type === "botbox.beaconVisit" && received.kind.tag === "beacon-visit" && received.kind.val.device) {
    event.beaconVisit.device = deviceOf(received.kind.val.device);
  }
  return event;
}

function deviceOf(device: HostDevice): BeaconDevice {
  const { hwid, name, place, labels } = device;
  return { hwid, name, ...(typeof place === "string" ? { place } : {}), labels: Object.fromEntries(labels) };
}
