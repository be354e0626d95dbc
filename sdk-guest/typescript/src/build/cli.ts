#!/usr/bin/env node
/** `botbox-component ENTRY -o PLUGIN.wasm`: makes a component of a bot. */

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { parseArgs } from "node:util";

import { component } from "./component.js";

const USAGE = "usage: botbox-component ENTRY --output PLUGIN.wasm [--folder FOLDER]";

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { output: { type: "string", short: "o" }, folder: { type: "string" } },
  });
  const [entry] = positionals;
  if (entry === undefined || positionals.length > 1 || values.output === undefined) throw new Error(USAGE);
  const { bytes, imports } = await component(entry, values.folder);
  mkdirSync(dirname(values.output), { recursive: true });
  writeFileSync(values.output, bytes);
  console.log(JSON.stringify({ bytes: bytes.length, imports }));
}

main().catch((error: unknown) => {
  console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
