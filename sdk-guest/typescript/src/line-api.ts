/** The rest of LINE's API. */

import * as host from "#host";
import { TextDecoder, TextEncoder } from "./runtime/text.js";
import { text } from "./argument.js";
import { call } from "./call-error.js";

/**
 * Calls an operation that has no function of its own, by its method and path, and returns the JSON of
 * the answer. The grant `line-api` lists what may be called.
 */
export async function callLine(method: "GET" | "POST" | "PUT" | "DELETE", path: string, body?: unknown): Promise<unknown> {
  text(path, "the path of a call");
  const bytes = body === undefined ? new Uint8Array() : new TextEncoder().encode(JSON.stringify(body));
  const contentType = body === undefined ? undefined : "application/json";
  const response = call(() => host.callLine({ method, path, contentType, body: bytes }));
  const answer = new TextDecoder().decode(response.body);
  return answer === "" ? undefined : JSON.parse(answer);
}
