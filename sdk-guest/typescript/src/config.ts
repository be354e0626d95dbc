/** What the operator configured for the bot, in `[channels.config]`. */

import * as host from "#host";
import { text } from "./argument.js";
import { call } from "./call-error.js";

/** The value of a key. */
export function config(key: string): string | undefined {
  text(key, "a configuration's key");
  return call(() => host.getConfig(key)) ?? undefined;
}
