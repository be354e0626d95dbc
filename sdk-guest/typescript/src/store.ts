/**
 * What the bot remembers between two events: buckets of keys and JSON values, which its channel has
 * for itself (grant `keyvalue`). What was written is safe when the promise is settled.
 *
 * ```ts
 * const visits = bucket<{ last: number }>("visits");
 * await visits.set(user, { last: event.timestamp });
 * ```
 */

import type { Bucket as HostBucket } from "wasi:keyvalue/store";

import * as host from "#host";
import { integer, text } from "./argument.js";
import { call, CallError, payloadOf } from "./call-error.js";
import { dispose } from "./resource.js";
import { TextDecoder, TextEncoder } from "./runtime/text.js";

/** How often {@link Bucket.update} tries again when another event was quicker. */
const TRIES = 100;

/** A bucket by its name. It need not be created. */
export function bucket<T = unknown>(name: string): Bucket<T> {
  return new Bucket(text(name, "the name of a bucket"));
}

/** Keys of at most 1 KiB and JSON values of at most 1 MiB. */
export class Bucket<T = unknown> {
  readonly #name: string;

  /** Not for bots: {@link bucket} makes it. */
  constructor(name: string) {
    this.#name = name;
  }

  /** The value of a key. */
  async get(key: string): Promise<T | undefined> {
    return decode(this.#call((opened) => opened.get(text(key, "a key"))));
  }

  /** Sets the value of a key. */
  async set(key: string, value: T): Promise<void> {
    const bytes = encode(value);
    this.#call((opened) => opened.set(text(key, "a key"), bytes));
  }

  /** Removes a key, if it is there. */
  async delete(key: string): Promise<void> {
    this.#call((opened) => opened.delete(text(key, "a key")));
  }

  /** Whether a key is there. */
  async has(key: string): Promise<boolean> {
    return this.#call((opened) => opened.exists(text(key, "a key")));
  }

  /** All keys. */
  async *keys(): AsyncGenerator<string, void, undefined> {
    let cursor: string | undefined;
    do {
      const page = this.#call((opened) => opened.listKeys(cursor));
      yield* page.keys;
      cursor = page.cursor ?? undefined;
    } while (cursor !== undefined);
  }

  /** Adds to a number, which is 0 when it is not there, and returns the sum. At once or not at all. */
  async increment(key: string, delta = 1): Promise<number> {
    integer(delta, "what is added to a number");
    return this.#call((opened) => host.increment(opened, text(key, "a key"), delta));
  }

  /**
   * Sets what `change` makes of the value. Events of different chats may write to one key at the
   * same time: `change` is called again when another was quicker.
   */
  async update(key: string, change: (value: T | undefined) => T | Promise<T>): Promise<T> {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const cas = this.#call((opened) => host.Cas.new(opened, text(key, "a key")));
      const value = await change(decode(this.#call(() => cas.current())));
      if (this.#call(() => swapped(cas, encode(value)))) return value;
    }
    throw new CallError({
      kind: "unavailable",
      message: `other events changed the key ${key} ${TRIES} times while it was to be updated`,
    });
  }

  #call<R>(work: (opened: HostBucket) => R): R {
    try {
      return call(() => {
        const opened = host.open(this.#name);
        try {
          return work(opened);
        } finally {
          dispose(opened);
        }
      });
    } catch (thrown) {
      throw storeError(payloadOf(thrown)) ?? thrown;
    }
  }
}

/** Whether the value was still the one that was remembered. */
function swapped(cas: host.Cas, value: Uint8Array): boolean {
  try {
    host.swap(cas, value);
    return true;
  } catch (thrown) {
    const payload = payloadOf(thrown);
    if (isTagged(payload) && payload.tag === "cas-failed") return false;
    throw isTagged(payload) && payload.tag === "store-error" ? (storeError(payload.val) ?? thrown) : thrown;
  }
}

/** The store's error in the words of all capabilities. */
function storeError(payload: unknown): CallError | undefined {
  if (!isTagged(payload)) return undefined;
  switch (payload.tag) {
    case "access-denied":
      return new CallError({ kind: "denied", message: "`keyvalue` is not among the channel's grants" });
    case "no-such-store":
      return new CallError({ kind: "not-found", message: "the host does not know the store" });
    case "other":
      return new CallError({ kind: "other", message: String(payload.val) });
    default:
      return undefined;
  }
}

function isTagged(payload: unknown): payload is { tag: string; val?: unknown } {
  return typeof payload === "object" && payload !== null && "tag" in payload;
}

function encode(value: unknown): Uint8Array {
  const json = JSON.stringify(value);
  if (json === undefined) throw new TypeError("a value is anything that JSON can have");
  return new TextEncoder().encode(json);
}

function decode<T>(bytes: Uint8Array | null | undefined): T | undefined {
  return bytes ? (JSON.parse(new TextDecoder().decode(bytes)) as T) : undefined;
}
