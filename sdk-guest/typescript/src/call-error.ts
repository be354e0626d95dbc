import type { CallError as Payload, ErrorDetail, ErrorKind } from "botbox:line/errors";

import { isHandling } from "./runtime/phase.js";

/** Why a call of a capability failed. */
export class CallError extends Error {
  override readonly name = "CallError";
  /** What a program can act on. */
  readonly kind: ErrorKind;
  /** What is wrong with which part of the request. */
  readonly details: readonly ErrorDetail[];
  /** LINE's `x-line-request-id`, to ask LINE with. */
  readonly requestId: string | undefined;

  constructor({ kind, message, details = [], requestId }: Partial<Payload> & Pick<Payload, "kind" | "message">) {
    super(message);
    this.kind = kind;
    this.details = details;
    this.requestId = requestId ?? undefined;
  }
}

/** Makes a call of the host. What it refuses is thrown as a {@link CallError}. */
export function call<T>(makeCall: () => T): T {
  if (!isHandling()) throw new Error("the host can be called in a handler, not while the bot is built");
  try {
    return makeCall();
  } catch (thrown) {
    const payload = payloadOf(thrown);
    throw isCallError(payload) ? new CallError(payload) : thrown;
  }
}

/** What the host's error carries; nothing of any other. */
export function payloadOf(thrown: unknown): unknown {
  return typeof thrown === "object" && thrown !== null && "payload" in thrown ? thrown.payload : undefined;
}

function isCallError(payload: unknown): payload is Payload {
  return typeof payload === "object" && payload !== null && "kind" in payload && "message" in payload;
}
