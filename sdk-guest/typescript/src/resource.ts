/** Things of the host's that a bot holds. */

/** Gives one back. What is not given back ends with the event. */
export function dispose(resource: Partial<Disposable>): void {
  resource[Symbol.dispose]?.();
}
