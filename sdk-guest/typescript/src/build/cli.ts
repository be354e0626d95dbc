#!/usr/bin/env node
/** `botbox-component ENTRY -o PLUGIN.wasm`: makes a component of a bot. */

import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { parseArgs } from "node:util";

import { component } from "./component.js";

const USAGE = "usage: botbox-component ENTRY --output PLUGIN.wasm [--folder FOLDER] [--imports]";

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { output: { type: "string", short: "o" }, folder: { type: "string" }, imports: { type: "boolean" } },
  });
  const [entry] = positionals;
  if (entry === undefined || positionals.length > 1 || values.output === undefined) throw new Error(USAGE);
  const { bytes, imports } = await component(entry, values.folder);
  mkdirSync(dirname(values.output), { recursive: true });
  // As a whole: a host that watches it must not read half of it.
  const partial = `${values.output}.partial`;
  writeFileSync(partial, bytes);
  renameSync(partial, values.output);
  const kilobytes = Math.ceil(bytes.length / 1000);
  console.log(`  ${values.output} (${kilobytes} kB)`);
  if (values.imports) console.log(imports.join("\n"));
}

main().catch((error: unknown) => {
  console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
