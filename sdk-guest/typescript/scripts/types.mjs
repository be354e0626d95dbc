// Makes wit/types of the WIT package: the types of what a bot can import from the host.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const types = join(root, "wit/types");
const scratch = mkdtempSync(join(tmpdir(), "botbox-types-"));
try {
  const wit = join(scratch, "wit");
  cpSync(join(root, "../../wit"), wit, { recursive: true });
  for (const name of readdirSync(join(root, "wit")).filter((name) => name.endsWith(".wit"))) {
    cpSync(join(root, "wit", name), join(wit, "deps", name));
  }
  const web = ["http/outgoing-handler", "io/poll", "clocks/monotonic-clock", "random/random"];
  const imports = web.map((name) => `  import wasx:${name}@0.2.6;\n`).join("");
  writeFileSync(join(wit, "types.wit"), `world types {\n  include bot;\n${imports}}\n`);
  const jco = join(root, "node_modules/.bin/jco");
  execFileSync(jco, ["guest-types", wit, "-n", "types", "-o", scratch, "--quiet"]);
  rmSync(types, { recursive: true, force: true });
  mkdirSync(types, { recursive: true });
  const names = readdirSync(join(scratch, "interfaces"));
  for (const name of names) {
    const text = readFileSync(join(scratch, "interfaces", name), "utf8")
      // Imports name no version: the build knows the one that there is.
      .replaceAll(/'([a-z]+:[a-z-]+\/[a-z-]+)@[^']+'/g, "'$1'")
      // QuickJS gives 64-bit integers as numbers, and null for what is not there.
      .replaceAll("bigint", "number")
      .replaceAll("| undefined", "| null | undefined")
      .replaceAll(/^(\s+\w+\?: )(.+),$/gm, "$1$2 | null | undefined,");
    writeFileSync(join(types, name), text);
  }
  const references = names.map((name) => `/// <reference path="./${name}" />\n`);
  writeFileSync(join(types, "index.d.ts"), references.join(""));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
