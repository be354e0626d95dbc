/**
 * Promises of the event loop's, in the place of the engine's: see `loop.ts`. The build turns `async`
 * functions into ones that use the global `Promise`, which is this one.
 *
 * They also know what an engine's don't tell: which rejections nobody handled, and where a promise
 * was made that is never settled.
 */

import { enqueue } from "./loop.js";

type Resolve<T> = { settle(value: T | PromiseLike<T>): void }["settle"];
type RejectWith = (reason?: unknown) => void;
type Callback<T, R> = ((value: T) => R | PromiseLike<R>) | null | undefined;

/** In the place of the function that a promise is made with, for those that the loop makes itself. */
const INTERNAL = () => undefined;

/** Rejected ones that nobody handles yet. */
const unhandled = new Set<LoopPromise<unknown>>();
/** Those that the bot made itself and that are not settled yet, in the order in which they were made. */
const pending = new Set<LoopPromise<unknown>>();

/** What `Promise` is in a bot. */
export class LoopPromise<T> {
  #state: "pending" | "fulfilled" | "rejected" = "pending";
  #value: unknown;
  #isAwaited = false;
  #reactions: (() => void)[] = [];
  #madeAt: string | undefined;

  constructor(executor: (resolve: Resolve<T>, reject: RejectWith) => void) {
    if (executor === INTERNAL) return;
    if (typeof executor !== "function") throw new TypeError("a promise is made with a function");
    this.#madeAt = new Error().stack;
    pending.add(this);
    const { resolve, reject } = this.#functions();
    try {
      executor(resolve, reject);
    } catch (error) {
      reject(error);
    }
  }

  get [Symbol.toStringTag](): string {
    return "Promise";
  }

  then<A = T, B = never>(onFulfilled?: Callback<T, A>, onRejected?: Callback<unknown, B>): LoopPromise<A | B> {
    const next = new LoopPromise<A | B>(INTERNAL);
    const { resolve, reject } = next.#functions();
    this.#react(() => {
      const isFulfilled = this.#state === "fulfilled";
      const callback = (isFulfilled ? onFulfilled : onRejected) as Callback<unknown, A | B>;
      if (typeof callback !== "function") {
        (isFulfilled ? resolve : reject)(this.#value as never);
        return;
      }
      try {
        resolve(callback(this.#value));
      } catch (error) {
        reject(error);
      }
    });
    return next;
  }

  catch<B = never>(onRejected?: Callback<unknown, B>): LoopPromise<T | B> {
    return this.then(undefined, onRejected);
  }

  finally(onFinally?: (() => unknown) | null): LoopPromise<T> {
    if (typeof onFinally !== "function") return this.then();
    return this.then(
      (value) => LoopPromise.resolve(onFinally()).then(() => value),
      (reason) => LoopPromise.resolve(onFinally()).then(() => LoopPromise.reject<T>(reason)),
    );
  }

  static resolve<T>(value?: T | PromiseLike<T>): LoopPromise<Awaited<T>> {
    if (value instanceof LoopPromise) return value as LoopPromise<Awaited<T>>;
    const promise = new LoopPromise<Awaited<T>>(INTERNAL);
    promise.#functions().resolve(value as Awaited<T>);
    return promise;
  }

  static reject<T = never>(reason?: unknown): LoopPromise<T> {
    const promise = new LoopPromise<T>(INTERNAL);
    promise.#functions().reject(reason);
    return promise;
  }

  static withResolvers<T>(): { promise: LoopPromise<T>; resolve: Resolve<T>; reject: RejectWith } {
    let functions!: { resolve: Resolve<T>; reject: RejectWith };
    const promise = new LoopPromise<T>((resolve, reject) => {
      functions = { resolve, reject };
    });
    return { promise, ...functions };
  }

  static try<T, A extends unknown[]>(work: (...args: A) => T | PromiseLike<T>, ...args: A): LoopPromise<T> {
    const promise = new LoopPromise<T>(INTERNAL);
    const { resolve, reject } = promise.#functions();
    try {
      resolve(work(...args));
    } catch (error) {
      reject(error);
    }
    return promise;
  }

  static all<T>(values: Iterable<T | PromiseLike<T>>): LoopPromise<Awaited<T>[]> {
    return collect(values, (promise, collected) => promise.then(collected));
  }

  static allSettled<T>(values: Iterable<T | PromiseLike<T>>): LoopPromise<PromiseSettledResult<Awaited<T>>[]> {
    return collect<T, PromiseSettledResult<Awaited<T>>>(values, (promise, collected) =>
      promise.then(
        (value) => collected({ status: "fulfilled", value }),
        (reason) => collected({ status: "rejected", reason }),
      ),
    );
  }

  static any<T>(values: Iterable<T | PromiseLike<T>>): LoopPromise<Awaited<T>> {
    const { promise, resolve, reject } = internal<Awaited<T>>();
    collect<T, unknown>(values, (each, collected) => each.then(resolve, collected)).then((errors) =>
      reject(new AggregateError(errors, "all promises were rejected")),
    );
    return promise;
  }

  static race<T>(values: Iterable<T | PromiseLike<T>>): LoopPromise<Awaited<T>> {
    const { promise, resolve, reject } = internal<Awaited<T>>();
    for (const value of values) LoopPromise.resolve(value).then(resolve, reject);
    return promise;
  }

  /** Whether it is settled, and how. */
  static state(promise: LoopPromise<unknown>): { status: "pending" | "fulfilled" | "rejected"; reason?: unknown } {
    if (promise.#state === "rejected") unhandled.delete(promise);
    return { status: promise.#state, reason: promise.#value };
  }

  /** Where the promise was made that keeps others from being settled. */
  static unsettled(): string | undefined {
    const stacks = [...pending].filter((promise) => promise.#isAwaited).map((promise) => promise.#madeAt);
    return stacks.at(-1);
  }

  /** What promises were rejected with that nobody handled. */
  static takeUnhandled(): unknown[] {
    const reasons = [...unhandled].map((promise) => promise.#value);
    unhandled.clear();
    return reasons;
  }

  /** A promise of the loop's own. */
  static internal<T>(): { promise: LoopPromise<T>; resolve: Resolve<T>; reject: RejectWith } {
    const promise = new LoopPromise<T>(INTERNAL);
    return { promise, ...promise.#functions() };
  }

  #functions(): { resolve: Resolve<T>; reject: RejectWith } {
    let isResolved = false;
    const once = (settle: () => void) => {
      if (isResolved) return;
      isResolved = true;
      settle();
    };
    return {
      resolve: (value) => once(() => this.#resolve(value)),
      reject: (reason) => once(() => this.#settle("rejected", reason)),
    };
  }

  #resolve(value: T | PromiseLike<T>): void {
    if ((value as unknown) === this) {
      this.#settle("rejected", new TypeError("a promise can't be resolved with itself"));
      return;
    }
    let then: unknown;
    try {
      const isObject = (typeof value === "object" && value !== null) || typeof value === "function";
      then = isObject ? (value as PromiseLike<T>).then : undefined;
    } catch (error) {
      this.#settle("rejected", error);
      return;
    }
    if (typeof then !== "function") {
      this.#settle("fulfilled", value);
      return;
    }
    const { resolve, reject } = this.#functions();
    enqueue(() => {
      try {
        (then as PromiseLike<T>["then"]).call(value as PromiseLike<T>, resolve, reject);
      } catch (error) {
        reject(error);
      }
    });
  }

  #settle(state: "fulfilled" | "rejected", value: unknown): void {
    this.#state = state;
    this.#value = value;
    pending.delete(this);
    if (state === "rejected" && !this.#isAwaited) unhandled.add(this);
    for (const reaction of this.#reactions.splice(0)) enqueue(reaction);
  }

  #react(reaction: () => void): void {
    this.#isAwaited = true;
    unhandled.delete(this);
    if (this.#state === "pending") this.#reactions.push(reaction);
    else enqueue(reaction);
  }
}

const internal = LoopPromise.internal;

/** Fulfilled with one element for each value, when each has given its own. */
function collect<T, R = Awaited<T>>(
  values: Iterable<T | PromiseLike<T>>,
  give: (promise: LoopPromise<Awaited<T>>, collected: (element: R) => void) => LoopPromise<unknown>,
): LoopPromise<R[]> {
  const { promise, resolve, reject } = internal<R[]>();
  const elements: R[] = [];
  let missing = 0;
  for (const value of values) {
    const index = missing;
    missing += 1;
    give(LoopPromise.resolve(value), (element) => {
      elements[index] = element;
      missing -= 1;
      if (missing === 0) resolve(elements);
    }).catch(reject);
  }
  if (missing === 0) resolve(elements);
  return promise;
}

/** Makes them the bot's. */
export function install(): void {
  globalThis.Promise = LoopPromise as unknown as PromiseConstructor;
  globalThis.queueMicrotask = enqueue;
}
