/** What becomes of an event whose handler threw. */

import { CallError } from "../call-error.js";
import { Reject, Retry } from "../failure.js";
import { authorFrames, mapStack } from "./stack.js";

/** What the host is told. */
export interface Failure {
  tag: "retry" | "reject";
  val: string;
}

/** The most of the author's stack that stands in the failure itself; the log has all of it. */
const FRAMES = 4;

/**
 * What the host is told of what a handler threw. Nothing of a refusal because the chat is in standby:
 * a bot that has nothing else to do is done with the event.
 */
export function failureOf(thrown: unknown): Failure | undefined {
  if (thrown instanceof CallError && thrown.kind === "standby") return undefined;
  const passes = thrown instanceof CallError && ["rate-limited", "unavailable"].includes(thrown.kind);
  return { tag: passes || thrown instanceof Retry ? "retry" : "reject", val: inOneSentence(thrown) };
}

/** The whole stack, and those of its causes, for the log. */
export function wholeStack(thrown: unknown): string {
  const errors = chain(thrown);
  return errors.map((error) => `${headline(error)}\n${mapStack(error.stack ?? "")}`).join("caused by ").trimEnd();
}

function inOneSentence(thrown: unknown): string {
  const errors = chain(thrown);
  const [first] = errors;
  if (first === undefined) return `thrown: ${shown(thrown)}`;
  const what = errors.map(headline).join(", caused by ");
  const frames = authorFrames(first.stack ?? "").slice(0, FRAMES);
  return frames.length === 0 ? what : `${what} at ${frames.join(" at ")}`;
}

/** What the author throws to say what is to become of the event needs no name. */
function headline(error: Error): string {
  return error instanceof Retry || error instanceof Reject ? error.message : `${error.name}: ${error.message}`;
}

function chain(thrown: unknown): Error[] {
  const errors: Error[] = [];
  for (let error = thrown; error instanceof Error && !errors.includes(error); error = error.cause) {
    errors.push(error);
    if (error instanceof AggregateError) errors.push(...error.errors.filter((each) => each instanceof Error));
  }
  return errors;
}

function shown(thrown: unknown): string {
  if (typeof thrown === "string") return thrown;
  try {
    return JSON.stringify(thrown) ?? String(thrown);
  } catch {
    return String(thrown);
  }
}
