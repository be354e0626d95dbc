/** `TextEncoder` and `TextDecoder` of UTF-8, which QuickJS has not. */

/** How many code units a string is made of at a time: the engine takes no longer lists of arguments. */
const BATCH = 8192;
const REPLACEMENT = 0xfffd;

/** Text as UTF-8. */
export class TextEncoder {
  readonly encoding = "utf-8";

  /** The text's bytes. Half a surrogate pair becomes U+FFFD. */
  encode(text = ""): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(3 * text.length);
    return bytes.slice(0, write(text, bytes));
  }

  /** Writes as much of the text as fits. */
  encodeInto(text: string, into: Uint8Array): { read: number; written: number } {
    let read = 0;
    let written = 0;
    for (const character of text) {
      const bytes = this.encode(character);
      if (written + bytes.length > into.length) break;
      into.set(bytes, written);
      read += character.length;
      written += bytes.length;
    }
    return { read, written };
  }
}

/** UTF-8 as text. */
export class TextDecoder {
  readonly encoding = "utf-8";
  readonly fatal: boolean;
  readonly ignoreBOM: boolean;

  constructor(label = "utf-8", { fatal = false, ignoreBOM = false } = {}) {
    if (!/^\s*(utf-?8|unicode-1-1-utf-8)\s*$/i.test(label)) throw new RangeError(`only UTF-8 is known, not ${label}`);
    this.fatal = fatal;
    this.ignoreBOM = ignoreBOM;
  }

  /** The text of bytes. What is no UTF-8 becomes U+FFFD, or an error of a decoder that is `fatal`. */
  decode(input: ArrayBuffer | ArrayBufferView = new Uint8Array()): string {
    const bytes = ArrayBuffer.isView(input)
      ? new Uint8Array(input.buffer, input.byteOffset, input.byteLength)
      : new Uint8Array(input);
    const hasMark = !this.ignoreBOM && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
    let text = "";
    let units: number[] = [];
    for (let at = hasMark ? 3 : 0; at < bytes.length; ) {
      const plain = asciiEnd(bytes, at);
      if (plain > at) {
        text += String.fromCharCode(...units, ...bytes.subarray(at, plain));
        units = [];
        at = plain;
        continue;
      }
      const [point, length] = next(bytes, at);
      if (point === undefined && this.fatal) throw new TypeError(`the bytes are no UTF-8 at ${at}`);
      const character = point ?? REPLACEMENT;
      if (character > 0xffff) units.push(0xd800 + ((character - 0x10000) >> 10), 0xdc00 + (character & 0x3ff));
      else units.push(character);
      if (units.length >= BATCH) {
        text += String.fromCharCode(...units);
        units = [];
      }
      at += length;
    }
    return text + String.fromCharCode(...units);
  }
}

/** Where a run of ASCII ends, of at most a batch. */
function asciiEnd(bytes: Uint8Array, start: number): number {
  const most = Math.min(bytes.length, start + BATCH);
  let end = start;
  while (end < most && (bytes[end] as number) < 0x80) end += 1;
  return end;
}

function write(text: string, bytes: Uint8Array): number {
  let at = 0;
  const put = (byte: number) => {
    bytes[at] = byte;
    at += 1;
  };
  for (const character of text) {
    const read = character.codePointAt(0) ?? 0;
    const point = read >= 0xd800 && read <= 0xdfff ? REPLACEMENT : read;
    if (point < 0x80) {
      put(point);
    } else if (point < 0x800) {
      put(0xc0 | (point >> 6));
      put(0x80 | (point & 0x3f));
    } else if (point < 0x10000) {
      put(0xe0 | (point >> 12));
      put(0x80 | ((point >> 6) & 0x3f));
      put(0x80 | (point & 0x3f));
    } else {
      put(0xf0 | (point >> 18));
      put(0x80 | ((point >> 12) & 0x3f));
      put(0x80 | ((point >> 6) & 0x3f));
      put(0x80 | (point & 0x3f));
    }
  }
  return at;
}

/** The code point at a place, if there is one, and how many bytes it, or what is none, has. */
function next(bytes: Uint8Array, at: number): [number | undefined, number] {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return [first, 1];
  const more = first >= 0xc2 && first <= 0xdf ? 1 : (first & 0xf0) === 0xe0 ? 2 : first >= 0xf0 && first <= 0xf4 ? 3 : 0;
  if (more === 0) return [undefined, 1];
  let point = first & (0x3f >> more);
  for (let index = 1; index <= more; index += 1) {
    const byte = bytes[at + index] ?? 0;
    // The second byte's range leaves out what has a shorter form, surrogates, and what is too large.
    const least = index > 1 ? 0x80 : first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
    const most = index > 1 ? 0xbf : first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
    if (byte < least || byte > most) return [undefined, index];
    point = (point << 6) | (byte & 0x3f);
  }
  return [point, more + 1];
}
