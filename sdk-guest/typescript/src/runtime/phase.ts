/** Whether an event is handled. While a bot is built, its module runs without a host. */

let handling = false;

/** Whether the host can be called. */
export function isHandling(): boolean {
  return handling;
}

/** From now on it can. */
export function beginHandling(): void {
  handling = true;
}
