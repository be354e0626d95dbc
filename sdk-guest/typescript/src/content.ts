/** Contents that users sent, and media that the bot publishes. */

import type { MessageContentStream } from "botbox:line/content";

import * as host from "#host";
import { text } from "./argument.js";
import { call } from "./call-error.js";
import { dispose } from "./resource.js";

/** The most that the host gives, and takes, at a time. */
const PIECE = { read: 64 << 10, write: 1 << 20 };

/** An image, video, sound or file on its way. Its bytes are fetched as they are read. */
export class Content implements AsyncIterable<Uint8Array> {
  readonly #stream: MessageContentStream;
  /** Its media type, such as `image/jpeg`. */
  readonly contentType: string;
  /** In bytes, where LINE tells. */
  readonly contentLength: number | undefined;

  /** Not for bots: {@link getContent} makes it. */
  constructor(stream: MessageContentStream) {
    this.#stream = stream;
    this.contentType = stream.contentType();
    this.contentLength = stream.contentLength() ?? undefined;
  }

  /** Its bytes, piece by piece: a video need not fit in memory. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      const piece = call(() => this.#stream.read(PIECE.read));
      if (piece.length === 0) break;
      yield piece;
    }
    dispose(this.#stream);
  }

  /** All of its bytes. */
  async bytes(): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    let length = 0;
    for await (const piece of this) {
      pieces.push(piece);
      length += piece.length;
    }
    const bytes = new Uint8Array(length);
    let at = 0;
    for (const piece of pieces) {
      bytes.set(piece, at);
      at += piece.length;
    }
    return bytes;
  }
}

/** Fetches the content of an image, video, audio or file message by the message's id. */
export async function getContent(messageId: string): Promise<Content> {
  text(messageId, "a message id");
  return new Content(call(() => host.getMessageContent(messageId)));
}

/** Fetches a reduced picture of an image or video message. */
export async function getContentPreview(messageId: string): Promise<Content> {
  text(messageId, "a message id");
  return new Content(call(() => host.getMessageContentPreview(messageId)));
}

/**
 * Publishes a picture, video or sound on the host's own address, for the URLs in messages. Returns
 * its HTTPS URL, which answers for 7 days unless told otherwise.
 */
export async function publish(contentType: string, bytes: Uint8Array, lifetimeSeconds?: number): Promise<string> {
  text(contentType, "a content type");
  const upload = call(() => host.startUpload(contentType, lifetimeSeconds));
  for (let at = 0; at < bytes.length; at += PIECE.write) {
    call(() => upload.write(bytes.subarray(at, at + PIECE.write)));
  }
  return call(() => upload.finish());
}
