/** The WIT world of a bot: only what it uses. */

import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { PACKAGE } from "./bundle.js";

/** The world's name. */
export const WORLD = "plugin";

/**
 * Writes a world with these imports, and all that it is made of, into a folder. `repliesLate` says whether
 * the bot calls `reply-or-push`.
 */
export function writeWorld(folder: string, imports: readonly string[], repliesLate: boolean): void {
  cpSync(contract(), folder, { recursive: true });
  if (!repliesLate) withoutLateReplies(folder);
  const own = join(PACKAGE, "wit");
  for (const name of readdirSync(own).filter((name) => name.endsWith(".wit"))) {
    cpSync(join(own, name), join(folder, "deps", name));
  }
  const versions = packages(join(folder, "deps"));
  const lines = imports.map((name) => `  import ${inWorld(name, versions)};\n`);
  writeFileSync(join(folder, `${WORLD}.wit`), `world ${WORLD} {\n${lines.join("")}  export handler;\n}\n`);
}

/** Leaves `reply-or-push` out, which would have its bot need the grant `push`. */
function withoutLateReplies(folder: string): void {
  for (const name of readdirSync(folder).filter((name) => name.endsWith(".wit"))) {
    const text = readFileSync(join(folder, name), "utf8");
    writeFileSync(join(folder, name), text.replace(/^ *reply-or-push: func\(.*;$/m, ""));
  }
}

/** The contract with the host: in the published package, or in the repository. */
function contract(): string {
  const published = join(PACKAGE, "wit/botbox");
  return existsSync(published) ? published : join(PACKAGE, "../../wit");
}

/** The packages in a folder, and their versions. */
function packages(folder: string): Map<string, string> {
  const heads = readdirSync(folder).map((name) =>
    /^package ([\w:-]+)@(\S+);/m.exec(readFileSync(join(folder, name), "utf8")),
  );
  return new Map(heads.flatMap((head) => (head?.[1] && head[2] ? [[head[1], head[2]] as const] : [])));
}

/** An interface as the world names it, which is one of the contract's own package. */
function inWorld(name: string, versions: Map<string, string>): string {
  const [packageName = "", interfaceName = ""] = name.split("/");
  if (packageName === "botbox:line") return interfaceName;
  const version = versions.get(packageName);
  if (version === undefined) throw new Error(`the host offers no package ${packageName}`);
  return `${name}@${version}`;
}
