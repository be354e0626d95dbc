/** Buckets in memory. */

/** The host's error, as it comes to a bot. */
export function hostError(payload: unknown): Error {
  return Object.assign(new Error("refused by the fake host"), { payload });
}

/** A bucket in memory. */
export class FakeBucket {
  readonly values = new Map<string, Uint8Array>();

  get(key: string): Uint8Array | undefined {
    return this.values.get(key);
  }

  set(key: string, value: Uint8Array): void {
    this.values.set(key, value);
  }

  delete(key: string): void {
    this.values.delete(key);
  }

  exists(key: string): boolean {
    return this.values.has(key);
  }

  listKeys(): { keys: string[] } {
    return { keys: [...this.values.keys()] };
  }

  increment(key: string, delta: number): number {
    const sum = Number(new TextDecoder().decode(this.values.get(key)) || 0) + delta;
    this.values.set(key, new TextEncoder().encode(String(sum)));
    return sum;
  }
}

/** A value to compare with. */
export class FakeCas {
  readonly #bucket: FakeBucket;
  readonly #key: string;
  readonly #value: Uint8Array | undefined;

  constructor(bucket: FakeBucket, key: string) {
    this.#bucket = bucket;
    this.#key = key;
    this.#value = bucket.get(key);
  }

  static new(bucket: FakeBucket, key: string): FakeCas {
    return new FakeCas(bucket, key);
  }

  current(): Uint8Array | undefined {
    return this.#value;
  }

  swap(value: Uint8Array): void {
    if (this.#bucket.get(this.#key) !== this.#value) {
      throw hostError({ tag: "cas-failed", val: new FakeCas(this.#bucket, this.#key) });
    }
    this.#bucket.set(this.#key, value);
  }
}
