/** A host in memory, for unit tests: it remembers what a bot did, and answers as it is told. */

import type { ErrorKind } from "botbox:line/errors";
import type { GroupSummary } from "botbox:line/group";
import type { MessageContentStream } from "botbox:line/content";
import type { Request as LineRequest, Response as LineResponse } from "botbox:line/line-api";
import type { Upload } from "botbox:line/media";
import type { Message as HostMessage, SentMessage } from "botbox:line/messages";
import type { Delivery } from "botbox:line/reply";
import type { UserProfile } from "botbox:line/users";
import type { Level } from "wasi:logging/logging";

import type { Bot } from "../bot.js";
import { CallError } from "../call-error.js";
import { chatId, type Event } from "../event.js";
import type { Message, TextMessage } from "../message.js";
import { beginHandling } from "../runtime/phase.js";
import { FakeBucket, hostError } from "./fake-store.js";

/** Messages that the bot sent. */
export interface Sent {
  via: "reply" | "push" | "multicast" | "broadcast" | "narrowcast";
  /** To whom, of what is no reply. */
  to: readonly string[];
  messages: Message[];
}

/** A call of a capability. */
export interface Call {
  /** The grant that it needs, such as `push`. */
  grant: string;
  arguments: Record<string, unknown>;
}

/** A timer that the bot set. */
export interface Timer {
  id: string;
  /** In milliseconds since 1970-01-01T00:00:00Z. */
  at: number;
  payload: string;
}

/** What the web answers to a bot's `fetch`. */
export type Web = (request: Request) => Response | Promise<Response>;

let running: FakeHost | undefined;

/** The host of the test that is running. */
export function current(): FakeHost {
  if (running === undefined) {
    throw new Error("outside of botbox there is no host: in a test, give events to the bot with `FakeHost.send`");
  }
  return running;
}

/**
 * A host in memory.
 *
 * ```ts
 * const host = new FakeHost();
 * await host.send(bot, events.text("hello"));
 * assert.deepEqual(host.texts, ["hello"]);
 * ```
 */
export class FakeHost {
  /** What the bot sent, in order. */
  readonly sent: Sent[] = [];
  /** What the bot called, in order, also what was refused. */
  readonly calls: Call[] = [];
  /** What the bot logged. */
  readonly logged: { level: Level; message: string }[] = [];
  /** The timers that are set. */
  readonly timers: Timer[] = [];
  /** What is in `[channels.config]`. */
  config: Record<string, string> = {};
  /** Users' profiles by their ids. Who has none has the name `User`. */
  readonly profiles = new Map<string, Partial<UserProfile>>();
  /** Groups by their ids. */
  readonly groups = new Map<string, { groupName: string; members: string[] }>();
  /** Contents by message ids. */
  readonly contents = new Map<string, { contentType: string; bytes: Uint8Array }>();
  /** Accounts of the provider's service by user ids. */
  readonly linkedAccounts = new Map<string, string>();
  /** What the web answers to `fetch`; nobody is asked really. */
  web: Web = () => {
    throw new CallError({ kind: "denied", message: "the test gives the host no `web`" });
  };
  /** What LINE answers to `callLine`. */
  line: (method: string, path: string, body: unknown) => unknown = () => ({});
  /** The event that is handled, or was last. */
  event: Event | undefined;

  readonly #failures: { grant: string; kind: ErrorKind; message: string }[] = [];
  readonly #buckets = new Map<string, FakeBucket>();
  #canReply = false;
  #last = 0;

  /** The texts that the bot sent, in order. */
  get texts(): string[] {
    const messages = this.sent.flatMap((sent) => sent.messages);
    return messages.filter((message): message is TextMessage => message.type === "text").map(({ text }) => text);
  }

  /** Gives the bot an event. Fails with what the bot's handler fails with. */
  async send(bot: Bot, event: Event): Promise<void> {
    beginHandling();
    const before = { host: running, fetch: globalThis.fetch };
    running = this;
    globalThis.fetch = async (input, init) => this.web(new Request(input, init));
    this.event = event;
    this.#canReply = event.replyState === "open";
    try {
      await bot.handle(event);
    } finally {
      running = before.host;
      globalThis.fetch = before.fetch;
    }
  }

  /** Gives the bot the timers that it set, in the order of their times. */
  async runTimers(bot: Bot): Promise<void> {
    const due = this.timers.splice(0).sort((a, b) => a.at - b.at);
    for (const { id, at, payload } of due) {
      const { source } = this.event ?? {};
      await this.send(bot, {
        type: "botbox.timer",
        webhookEventId: id,
        timestamp: at,
        mode: "active",
        deliveryContext: { isRedelivery: false },
        attempt: 1,
        replyState: "none",
        timer: { payload },
        ...(source && { source }),
      });
    }
  }

  /** Has the next call of a grant's fail. */
  fail(grant: string, kind: ErrorKind, message = `the test wants ${kind}`): void {
    this.#failures.push({ grant, kind, message });
  }

  /** A bucket, to look into it or to fill it. */
  bucket(name: string): FakeBucket {
    const bucket = this.#buckets.get(name) ?? new FakeBucket();
    this.#buckets.set(name, bucket);
    return bucket;
  }

  /** The JSON value of a key in a bucket. */
  value(bucket: string, key: string): unknown {
    const bytes = this.bucket(bucket).get(key);
    return bytes && JSON.parse(new TextDecoder().decode(bytes));
  }

  /** @internal */
  called<T>(grant: string, args: Record<string, unknown>, answer: () => T): T {
    this.calls.push({ grant, arguments: args });
    const index = this.#failures.findIndex((failure) => failure.grant === grant);
    const [failure] = index < 0 ? [] : this.#failures.splice(index, 1);
    if (failure === undefined) return answer();
    const isStore = grant === "keyvalue";
    const denied = failure.kind === "denied" ? { tag: "access-denied" } : { tag: "other", val: failure.message };
    throw hostError(isStore ? denied : { kind: failure.kind, message: failure.message, details: [] });
  }

  /** @internal */
  reply(messages: HostMessage[]): SentMessage[] {
    if (!this.#canReply) {
      throw hostError({ kind: "expired", message: "the event can't be replied to (any more)", details: [] });
    }
    this.#canReply = false;
    return this.deliver("reply", [], messages);
  }

  /** @internal */
  replyOrPush(messages: HostMessage[]): Delivery {
    if (this.#canReply) return { via: "reply", messages: this.reply(messages) };
    const to = this.event && chatId(this.event);
    return { via: "push", messages: this.deliver("push", to === undefined ? [] : [to], messages) };
  }

  /** @internal */
  deliver(via: Sent["via"], to: readonly string[], messages: HostMessage[]): SentMessage[] {
    if (messages.length < 1 || messages.length > 5) {
      throw hostError({ kind: "invalid", message: `a request has 1 to 5 messages, not ${messages.length}`, details: [] });
    }
    const objects = messages.map(({ body }) => (body.tag === "raw-json" ? (JSON.parse(body.val) as Message) : never(body)));
    this.sent.push({ via, to, messages: objects });
    return objects.map(() => ({ id: this.#id("message") }));
  }

  /** @internal */
  request(via: Sent["via"], to: readonly string[], messages: HostMessage[]): string {
    this.deliver(via, to, messages);
    return this.#id("request");
  }

  /** @internal */
  profile(userId: string): UserProfile {
    return { userId, displayName: "User", ...this.profiles.get(userId) };
  }

  /** @internal */
  group(groupId: string): { summary: GroupSummary; members: string[] } {
    const { groupName, members } = this.groups.get(groupId) ?? { groupName: "Group", members: [] };
    return { summary: { groupId, groupName }, members };
  }

  /** @internal */
  content(messageId: string): MessageContentStream {
    const content = this.contents.get(messageId);
    if (content === undefined) {
      throw hostError({ kind: "not-found", message: `the message ${messageId} has no content`, details: [] });
    }
    let at = 0;
    const stream = {
      contentType: () => content.contentType,
      contentLength: () => content.bytes.length,
      read: (max: number) => {
        const piece = content.bytes.subarray(at, at + max);
        at += piece.length;
        return piece;
      },
    };
    return stream as unknown as MessageContentStream;
  }

  /** @internal */
  upload(contentType: string): Upload {
    const id = this.#id("medium");
    const pieces: Uint8Array[] = [];
    const upload = {
      write: (bytes: Uint8Array) => pieces.push(bytes),
      finish: () => {
        this.contents.set(id, { contentType, bytes: Buffer.concat(pieces) });
        return `https://example.com/media/${id}`;
      },
    };
    return upload as unknown as Upload;
  }

  /** @internal */
  schedule(at: number, payload: string): string {
    const id = this.#id("timer");
    this.timers.push({ id, at, payload });
    return id;
  }

  /** @internal */
  cancel(id: string): boolean {
    const index = this.timers.findIndex((timer) => timer.id === id);
    if (index >= 0) this.timers.splice(index, 1);
    return index >= 0;
  }

  /** @internal */
  lineApi({ method, path, body }: LineRequest): LineResponse {
    const text = new TextDecoder().decode(body);
    const answer = this.line(method, path, text === "" ? undefined : JSON.parse(text));
    return { status: 200, body: new TextEncoder().encode(JSON.stringify(answer)) };
  }

  #id(what: string): string {
    this.#last += 1;
    return `${what}-${this.#last}`;
  }
}

/** The SDK gives all messages as LINE's JSON. */
function never(body: HostMessage["body"]): never {
  throw new Error(`a message of the kind ${body.tag} is not made by the SDK`);
}
