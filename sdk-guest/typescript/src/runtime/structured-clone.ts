/** `structuredClone`, which QuickJS has not. */

/** The errors whose kind a copy keeps. */
const ERRORS = [EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError];

/** A deep copy of a value, with cycles, maps, sets, dates, errors and bytes. */
export function structuredClone<T>(value: T): T {
  return copy(value, new Map()) as T;
}

function copy(value: unknown, seen: Map<object, object>): unknown {
  if (typeof value === "function" || typeof value === "symbol") {
    throw new DOMException(`a ${typeof value} can't be cloned`, "DataCloneError");
  }
  if (typeof value !== "object" || value === null) return value;
  const known = seen.get(value);
  if (known !== undefined) return known;
  const made = emptyCopy(value);
  seen.set(value, made);
  if (value instanceof Map) {
    for (const [key, each] of value) (made as Map<unknown, unknown>).set(copy(key, seen), copy(each, seen));
  } else if (value instanceof Set) {
    for (const each of value) (made as Set<unknown>).add(copy(each, seen));
  } else if (!isWhole(value)) {
    for (const [key, each] of Object.entries(value)) (made as Record<string, unknown>)[key] = copy(each, seen);
  }
  return made;
}

/** A copy without what is in it, but of those that have nothing in them. */
function emptyCopy(value: object): object {
  if (Array.isArray(value)) return new Array(value.length);
  if (value instanceof Map) return new Map();
  if (value instanceof Set) return new Set();
  if (value instanceof Date) return new Date(value.getTime());
  if (value instanceof RegExp) return new RegExp(value.source, value.flags);
  if (value instanceof ArrayBuffer) return value.slice(0);
  if (value instanceof DataView) return new DataView(value.buffer.slice(0), value.byteOffset, value.byteLength);
  if (ArrayBuffer.isView(value)) return (value as Uint8Array).slice();
  if (value instanceof Error) {
    const kind = ERRORS.find(({ name }) => name === value.name) ?? Error;
    return Object.defineProperty(new kind(value.message), "stack", { value: value.stack, configurable: true, writable: true });
  }
  return {};
}

/** Whether {@link emptyCopy} copies all of it. */
function isWhole(value: object): boolean {
  return value instanceof Date || value instanceof RegExp || value instanceof ArrayBuffer || ArrayBuffer.isView(value);
}
