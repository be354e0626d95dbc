/**
 * Random numbers of the host. QuickJS's own begin with the same one in each event, because each event
 * begins with the same snapshot.
 */

import { getRandomBytes } from "wasx:random/random";

import { isHandling } from "./phase.js";

/** How many numbers are asked for at a time. */
const BATCH = 64;

const native = globalThis.Math.random;
let numbers: number[] = [];

/** While a bot is built, nothing needs to be hard to guess. */
function random(): number {
  if (!isHandling()) return native();
  if (numbers.length === 0) {
    const words = new Uint32Array(getRandomBytes(8 * BATCH).slice().buffer);
    numbers = Array.from({ length: BATCH }, (_, index) => fraction(words[2 * index] ?? 0, words[2 * index + 1] ?? 0));
  }
  return numbers.pop() ?? 0;
}

/** 53 random bits as a number from 0 to 1. */
function fraction(high: number, low: number): number {
  return ((high >>> 5) * 2 ** 26 + (low >>> 6)) / 2 ** 53;
}

/** `Math` with random numbers that are some. */
export const Math: typeof globalThis.Math = Object.assign(globalThis.Math, { random });

/** What of the Web Crypto API needs nothing but random numbers. */
export const crypto = {
  /** Fills an array of whole numbers. */
  getRandomValues<T extends ArrayBufferView>(array: T): T {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    bytes.set(getRandomBytes(bytes.length));
    return array;
  },

  /** A random UUID, of version 4. */
  randomUUID(): string {
    const bytes = getRandomBytes(16);
    const hex = Array.from(bytes, (byte, index) => {
      const value = index === 6 ? (byte & 0x0f) | 0x40 : index === 8 ? (byte & 0x3f) | 0x80 : byte;
      return value.toString(16).padStart(2, "0");
    }).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  },
};
