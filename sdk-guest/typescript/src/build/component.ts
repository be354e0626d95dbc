/** Makes a component of a bot: a bundle, a world of what it uses, and QuickJS. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

import { componentize } from "componentize-qjs";

import { mapText, SourceMap } from "../runtime/stack.js";
import { bundle } from "./bundle.js";
import { WORLD, writeWorld } from "./world.js";

/** A bot as the host takes it. */
export interface Component {
  readonly bytes: Uint8Array;
  /** The host's interfaces that it imports, such as `botbox:line/reply`. */
  readonly imports: readonly string[];
}

/**
 * Makes a component of the module that exports the bot by default. Places in sources are told from
 * `folder` on, which is the module's own if nothing is said.
 */
export async function component(entry: string, folder: string = dirname(resolve(entry))): Promise<Component> {
  const { code, map, imports, repliesLate } = await bundle(entry, resolve(folder));
  const wit = mkdtempSync(join(tmpdir(), "botbox-world-"));
  try {
    writeWorld(wit, imports, repliesLate);
    const { component } = await componentize({
      witPath: wit,
      world: WORLD,
      jsSource: code,
      sync: true,
      optSize: true,
    });
    return { bytes: withWasiNames(component), imports: imports.map((name) => name.replace("wasx:", "wasi:")) };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new Error(mapText(text, new SourceMap(JSON.parse(map))));
  } finally {
    rmSync(wit, { recursive: true });
  }
}

/**
 * Gives WASI's packages their name. `componentize-qjs` takes the bot's snapshot with a WASI of its own,
 * without HTTP: an import of `wasi:http` would be a trap there, whose types don't match that WASI's
 * streams. Under a name of their own, all of them are traps. The names are equally long, so that
 * nothing else of the component changes; the versions are not those of QuickJS's own imports.
 */
function withWasiNames(component: Uint8Array): Uint8Array {
  const bytes = Buffer.from(component);
  for (let at = bytes.indexOf("wasx:"); at >= 0; at = bytes.indexOf("wasx:", at)) bytes.write("wasi:", at);
  return bytes;
}
