/** `fetch` over the host's `wasi:http`: what bots need of the Fetch API. */

import { handle } from "wasx:http/outgoing-handler";
import type { ErrorCode, FutureIncomingResponse, IncomingBody, IncomingResponse, Method } from "wasx:http/types";
import { Fields, OutgoingBody, OutgoingRequest } from "wasx:http/types";
import type { InputStream } from "wasx:io/streams";

import { CallError, payloadOf } from "../call-error.js";
import { dispose } from "../resource.js";
import { waitFor } from "./loop.js";
import { TextDecoder, TextEncoder } from "./text.js";

/** The most of a body that is read or written at a time; the host takes 4 KiB of a request's. */
const PIECE = { read: 64 << 10, write: 4 << 10 };
/** How many redirects are followed, as browsers do. */
const REDIRECTS = 20;

const METHODS = ["get", "head", "post", "put", "delete", "connect", "options", "trace", "patch"] as const;

/** The passing failures: another try can go well. */
const PASSING = [
  "DNS-timeout", "DNS-error", "destination-unavailable", "connection-refused", "connection-terminated",
  "connection-timeout", "connection-read-timeout", "connection-write-timeout", "connection-limit-reached",
  "HTTP-response-incomplete", "HTTP-response-timeout",
];

/** Names and values of a request or response. */
export class Headers implements Iterable<[string, string]> {
  readonly #values = new Map<string, string>();

  constructor(init: Headers | Iterable<readonly [string, string]> | Record<string, string> = {}) {
    const pairs = Symbol.iterator in init ? (init as Iterable<readonly [string, string]>) : Object.entries(init);
    for (const [name, value] of pairs) this.append(name, value);
  }

  get(name: string): string | null {
    return this.#values.get(name.toLowerCase()) ?? null;
  }

  has(name: string): boolean {
    return this.#values.has(name.toLowerCase());
  }

  set(name: string, value: string): void {
    this.#values.set(name.toLowerCase(), String(value));
  }

  append(name: string, value: string): void {
    const before = this.get(name);
    this.set(name, before === null ? value : `${before}, ${value}`);
  }

  delete(name: string): void {
    this.#values.delete(name.toLowerCase());
  }

  forEach(callback: (value: string, name: string) => void): void {
    for (const [name, value] of this) callback(value, name);
  }

  entries(): MapIterator<[string, string]> {
    return this.#values.entries();
  }

  [Symbol.iterator](): MapIterator<[string, string]> {
    return this.entries();
  }
}

/** What a request is made with. */
export interface RequestInit {
  method?: string;
  headers?: ConstructorParameters<typeof Headers>[0];
  /** A text, bytes, or the names and values of a form. */
  body?: string | Uint8Array | ArrayBuffer | { toString(): string } | null;
  redirect?: "follow" | "manual" | "error";
}

/** What a server answered. */
export class Response {
  readonly status: number;
  readonly headers: Headers;
  /** Where it came from, after redirects. */
  readonly url: string;
  readonly redirected: boolean;
  readonly #response: IncomingResponse;
  #isUsed = false;

  constructor(response: IncomingResponse, url: string, redirected: boolean) {
    this.#response = response;
    this.status = response.status();
    this.url = url;
    this.redirected = redirected;
    const decoder = new TextDecoder();
    this.headers = new Headers(
      response.headers().entries().map(([name, value]) => [name, decoder.decode(value)] as const),
    );
  }

  /** Whether it is a success: 200 to 299. */
  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  /** Whether the body was asked for already: that goes once. */
  get bodyUsed(): boolean {
    return this.#isUsed;
  }

  /** Its body's bytes. */
  async bytes(): Promise<Uint8Array> {
    if (this.#isUsed) throw new TypeError("the body of a response can be read once");
    this.#isUsed = true;
    return failing(this.url, () => readAll(this.#response.consume()));
  }

  /** Its body's bytes. */
  async arrayBuffer(): Promise<ArrayBuffer> {
    return (await this.bytes()).slice().buffer;
  }

  /** Its body as text. */
  async text(): Promise<string> {
    return new TextDecoder().decode(await this.bytes());
  }

  /** Its body as JSON. */
  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }
}

/**
 * Makes a request to the web (grant `http`). Several can be under way at a time. What the host or the
 * network refuses is thrown as a {@link CallError}: `denied` without a grant, `unavailable` when
 * another try can go well.
 */
export async function fetch(input: string | { toString(): string }, init: RequestInit = {}): Promise<Response> {
  // Errors come when the author's code is no longer on the stack.
  const called = new Error();
  try {
    return await follow(String(input), init);
  } catch (error) {
    if (error instanceof Error) error.stack = `${error.stack}${called.stack}`;
    throw error;
  }
}

async function follow(first: string, init: RequestInit): Promise<Response> {
  let url = first;
  let method = (init.method ?? "GET").toUpperCase();
  let body = init.body ?? null;
  for (let redirects = 0; ; redirects += 1) {
    const response = await request(url, method, init, body);
    const status = response.status();
    const to = status >= 300 && status < 400 ? response.headers().entries() : [];
    const location = to.find(([name]) => name.toLowerCase() === "location")?.[1];
    if (location === undefined || init.redirect === "manual") return new Response(response, url, redirects > 0);
    if (init.redirect === "error" || redirects === REDIRECTS) {
      throw new TypeError(`${url} redirects${redirects === REDIRECTS ? " without end" : ""}`);
    }
    url = resolve(new TextDecoder().decode(location), url);
    if (status === 303 || (status < 303 && method === "POST")) {
      method = "GET";
      body = null;
    }
    dispose(response);
  }
}

async function request(
  url: string,
  method: string,
  init: RequestInit,
  body: NonNullable<RequestInit["body"]> | null,
): Promise<IncomingResponse> {
  const { scheme, authority, path } = parts(url);
  const headers = new Headers(init.headers);
  const bytes = body === null ? undefined : bytesOf(body, headers);
  const future = failing(url, () => {
    const encoder = new TextEncoder();
    const fields = Fields.fromList([...headers].map(([name, value]): [string, Uint8Array] => [name, encoder.encode(value)]));
    const request = new OutgoingRequest(fields);
    request.setMethod(methodOf(method));
    request.setScheme({ tag: scheme });
    request.setAuthority(authority);
    request.setPathWithQuery(path);
    const outgoing = bytes && request.body();
    const future = handle(request, undefined);
    if (outgoing !== undefined && bytes !== undefined) write(outgoing, bytes);
    return future;
  });
  await new Promise<void>((ready) => waitFor(future.subscribe(), ready));
  return failing(url, () => responseOf(future, url));
}

function responseOf(future: FutureIncomingResponse, url: string): IncomingResponse {
  const outer = future.get();
  const inner = outer?.tag === "ok" ? outer.val : undefined;
  if (inner?.tag === "ok") return inner.val;
  throw errorOf(inner?.val, url);
}

function write(body: OutgoingBody, bytes: Uint8Array): void {
  const stream = body.write();
  try {
    for (let at = 0; at < bytes.length; at += PIECE.write) {
      stream.blockingWriteAndFlush(bytes.subarray(at, at + PIECE.write));
    }
  } catch (thrown) {
    // Nobody takes the body any more: the response says why.
    if (payloadOf(thrown) === undefined) throw thrown;
    return;
  } finally {
    // A body must not go before its stream.
    dispose(stream);
  }
  OutgoingBody.finish(body, undefined);
}

function readAll(body: IncomingBody): Uint8Array {
  const stream = body.stream();
  const pieces: Uint8Array[] = [];
  try {
    for (let piece = read(stream); piece !== undefined; piece = read(stream)) pieces.push(piece);
  } finally {
    dispose(stream);
  }
  const bytes = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** The next piece; nothing at the end. */
function read(stream: InputStream): Uint8Array | undefined {
  try {
    return stream.blockingRead(PIECE.read);
  } catch (thrown) {
    const payload = payloadOf(thrown) as { tag?: string; val?: { toDebugString(): string } } | undefined;
    if (payload?.tag === "closed") return undefined;
    const why = payload?.val?.toDebugString() ?? "it broke off";
    throw new CallError({ kind: "unavailable", message: `the body of a response could not be read: ${why}` });
  }
}

/** Does something with `wasi:http`, whose error becomes a CallError. */
function failing<T>(url: string, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    const payload = payloadOf(thrown);
    const isCode = typeof payload === "object" && payload !== null && "tag" in payload;
    throw isCode ? errorOf(payload as ErrorCode, url) : thrown;
  }
}

function errorOf(code: ErrorCode | undefined, url: string): CallError {
  const { scheme, authority } = parts(url);
  const origin = `${scheme.toLowerCase()}://${authority}`;
  if (code?.tag === "HTTP-request-denied") {
    return new CallError({ kind: "denied", message: `${origin} is not in \`http\` among the channel's grants` });
  }
  const tag = code?.tag ?? "internal-error";
  const kind = PASSING.includes(tag) ? "unavailable" : "other";
  const payload = code !== undefined && "val" in code && code.val ? ` (${JSON.stringify(code.val)})` : "";
  return new CallError({ kind, message: `the request to ${origin} failed: ${tag}${payload}` });
}

function parts(url: string): { scheme: "HTTP" | "HTTPS"; authority: string; path: string } {
  const [, scheme, authority, path = ""] = /^(https?):\/\/([^/?#]+)([^#]*)/i.exec(url) ?? [];
  if (scheme === undefined || authority === undefined) throw new TypeError(`${url} is no URL of http or https`);
  return {
    scheme: scheme.toLowerCase() === "http" ? "HTTP" : "HTTPS",
    authority,
    path: path.startsWith("/") ? path : `/${path}`,
  };
}

/** A redirect's location, which may be a path. */
function resolve(location: string, from: string): string {
  if (/^https?:\/\//i.test(location)) return location;
  const { scheme, authority, path } = parts(from);
  const origin = `${scheme.toLowerCase()}://${authority}`;
  if (location.startsWith("//")) return `${scheme.toLowerCase()}:${location}`;
  if (location.startsWith("/")) return `${origin}${location}`;
  return `${origin}${path.replace(/[?].*$/, "").replace(/[^/]*$/, "")}${location}`;
}

function methodOf(method: string): Method {
  const tag = METHODS.find((known) => known === method.toLowerCase());
  return tag === undefined ? { tag: "other", val: method } : { tag };
}

function bytesOf(body: NonNullable<RequestInit["body"]>, headers: Headers): Uint8Array {
  const bytes = encoded(body, headers);
  headers.set("content-length", String(bytes.length));
  return bytes;
}

function encoded(body: NonNullable<RequestInit["body"]>, headers: Headers): Uint8Array {
  if (body instanceof Uint8Array) return body;
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  const isForm = typeof body !== "string" && "append" in body;
  const type = isForm ? "application/x-www-form-urlencoded;charset=UTF-8" : "text/plain;charset=UTF-8";
  if (!headers.has("content-type")) headers.set("content-type", type);
  return new TextEncoder().encode(String(body));
}
