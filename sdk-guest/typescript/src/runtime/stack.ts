/** Stacks in the places of the author's sources. */

/** A place in a source. */
interface Frame {
  readonly name: string;
  readonly source: string;
  readonly line: number;
  readonly column: number;
}

/** A place in the bundle, as QuickJS writes it into stacks and messages. */
const BUNDLE_PLACE = /componentize-qjs:user\.js:(\d+)(?::(\d+))?/;
/** A line of a stack. */
const FRAME = /^\s*at (?:(.+?) )?\(?componentize-qjs:user\.js:(\d+)(?::(\d+))?\)?$/;

/** The digits of source maps. */
const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/** What `,` and `;` are among them: none. */
const SEPARATOR = -1;
/** How many numbers a place takes: the bundle's line and column, and the source's index, line and column. */
const FIELDS = 5;

/**
 * Which place of the bundle comes from which place of a source. It is read when the bot is built, into an
 * array that stands in the snapshot: a handler that fails only has to look its places up.
 */
export class SourceMap {
  readonly #sources: string[];
  readonly #places: Int32Array;

  constructor({ sources, mappings }: { sources: string[]; mappings: string }) {
    this.#sources = sources;
    this.#places = decode(mappings);
  }

  /** Where a place of the bundle comes from; lines and columns are counted from 1. */
  original(line: number, column: number): Omit<Frame, "name"> | undefined {
    const at = (index: number, field: number) => this.#places[index * FIELDS + field] ?? 0;
    let low = 0;
    let high = this.#places.length / FIELDS;
    while (low < high) {
      const middle = (low + high) >> 1;
      const isBehind = at(middle, 0) > line - 1 || (at(middle, 0) === line - 1 && at(middle, 1) > column - 1);
      if (isBehind) high = middle;
      else low = middle + 1;
    }
    // The last place before it in the line, or else the line's first.
    const index = low > 0 && at(low - 1, 0) === line - 1 ? low - 1 : low;
    if (at(index, 0) !== line - 1) return undefined;
    return { source: this.#sources[at(index, 2)] ?? "", line: at(index, 3) + 1, column: at(index, 4) + 1 };
  }
}

/** The mappings of a source map, sorted as they are. Those that come from no source are left out. */
function decode(mappings: string): Int32Array {
  const places = new Int32Array((count(mappings) + 1) * FIELDS);
  let end = 0;
  let line = 0;
  // Each number is told as the difference to the one before; the bundle's column begins anew in each line.
  const fields = new Int32Array(FIELDS - 1);
  let field = 0;
  let value = 0;
  let shift = 0;
  for (let at = 0; at <= mappings.length; at += 1) {
    const bits = at < mappings.length ? BASE64.indexOf(mappings.charAt(at)) : SEPARATOR;
    if (bits === SEPARATOR) {
      if (field > 1) {
        places[end] = line;
        places.set(fields, end + 1);
        end += FIELDS;
      }
      field = 0;
      if (mappings.charAt(at) === ";") {
        line += 1;
        fields[0] = 0;
      }
      continue;
    }
    value |= (bits & 31) << shift;
    shift += 5;
    if (bits & 32) continue;
    if (field < fields.length) fields[field] = (fields[field] ?? 0) + (value & 1 ? -(value >> 1) : value >> 1);
    field += 1;
    value = 0;
    shift = 0;
  }
  return places.subarray(0, end);
}

/** How many separators are in mappings. */
function count(mappings: string): number {
  let count = 0;
  for (let at = 0; at < mappings.length; at += 1) {
    if (BASE64.indexOf(mappings.charAt(at)) === SEPARATOR) count += 1;
  }
  return count;
}

let map: SourceMap | undefined;

/** Takes the bundle's source map. The build calls it at the bundle's end. */
export function takeSourceMap(json: string): void {
  map = new SourceMap(JSON.parse(json) as ConstructorParameters<typeof SourceMap>[0]);
}

/** A stack in the places of the sources, one line each, without what the SDK does. */
export function mapStack(stack: string, sources = map): string {
  return botFrames(stack, sources).map((frame) => `    at ${shown(frame)}\n`).join("");
}

/** The places of a stack that are the author's, not the packages' that the bot uses. */
export function authorFrames(stack: string, sources = map): string[] {
  const all = botFrames(stack, sources);
  const own = all.filter(({ source }) => !source.includes("node_modules/"));
  return (own.length > 0 ? own : all).map(shown);
}

function botFrames(stack: string, sources: SourceMap | undefined): Frame[] {
  const all = frames(stack, sources);
  const own = all.filter(({ source }) => !source.startsWith("@botbox/sdk/"));
  return own.length > 0 ? own : all;
}

/** A text, such as an error of the build, with the sources' places in it. */
export function mapText(text: string, sources: SourceMap): string {
  return text.replaceAll(new RegExp(BUNDLE_PLACE, "g"), (place, line: string, column?: string) => {
    const at = sources.original(Number(line), Number(column ?? 1));
    return at === undefined ? place : `${at.source}:${at.line}:${at.column}`;
  });
}

function frames(stack: string, sources: SourceMap | undefined): Frame[] {
  const bundle = "the bundle";
  return stack.split("\n").flatMap((line) => {
    const [, name = "", lineNumber, column = "1"] = FRAME.exec(line) ?? [];
    if (lineNumber === undefined) return [];
    const place = { source: bundle, line: Number(lineNumber), column: Number(column) };
    const at = sources === undefined ? place : sources.original(place.line, place.column);
    return at === undefined ? [] : [{ name: name === "<anonymous>" ? "" : name, ...at }];
  });
}

function shown({ name, source, line, column }: Frame): string {
  const place = `${source}:${line}:${column}`;
  return name === "" ? place : `${name} (${place})`;
}
