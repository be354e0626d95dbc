/** One module of a bot and all that it uses. */

import { join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

import { build, type Plugin } from "esbuild";

/** The package's compiled modules. */
const SDK = fileURLToPath(new URL("..", import.meta.url));
/** The package. */
export const PACKAGE = join(SDK, "../..");

/** What QuickJS has not, and which module has it. */
const GLOBALS: Record<string, readonly string[]> = {
  "console.js": ["console"],
  "fetch.js": ["fetch", "Headers", "Response"],
  "random.js": ["crypto", "Math"],
  "structured-clone.js": ["structuredClone"],
  "text.js": ["TextEncoder", "TextDecoder"],
  "timers.js": ["setTimeout", "setInterval", "setImmediate", "clearTimeout", "clearInterval", "clearImmediate"],
  "url.js": ["URL", "URLSearchParams"],
};

/** The name of what a component exports, in source maps. */
const MAIN = "botbox-main.js";

/** Begins the names of the modules that make those global. */
const GLOBAL = "botbox-global:";

/** A bot in one module. */
export interface Bundle {
  /** The module, which ends with its own source map. */
  readonly code: string;
  /** The source map. */
  readonly map: string;
  /** The host's interfaces that it uses, such as `botbox:line/reply`. */
  readonly imports: readonly string[];
  /** Whether it uses `replyOrPush`, which needs the grant `push`, too. */
  readonly repliesLate: boolean;
}

/** Bundles the module that exports the bot. */
export async function bundle(entry: string, folder: string): Promise<Bundle> {
  // Only the bundle shows which globals it uses.
  const { code: bare } = await made(entry, folder, []);
  const globals = Object.keys(GLOBALS).filter((module) => GLOBALS[module]?.some((name) => uses(bare, name)));
  const { code, map, ...used } = await made(entry, folder, globals);
  const short = shortened(map, folder);
  return { code: `${code}\nglobalThis.botboxSourceMap(${JSON.stringify(short)});\n`, map: short, ...used };
}

async function made(entry: string, folder: string, globals: readonly string[]): Promise<Bundle> {
  const imports = new Set<string>();
  const result = await build({
    stdin: { contents: main(entry, globals), resolveDir: folder, sourcefile: MAIN },
    outfile: join(folder, "bot.js"),
    absWorkingDir: folder,
    write: false,
    bundle: true,
    format: "esm",
    platform: "browser",
    conditions: ["botbox"],
    target: "es2023",
    // The engine's own promises would be dropped: see `runtime/loop.ts`.
    supported: { "async-await": false, "async-generator": false, "for-await": false },
    // But each statement has a line of its own: QuickJS does not always tell columns.
    minifySyntax: true,
    sourcemap: "external",
    sourcesContent: false,
    plugins: [host(imports), global],
    logLevel: "silent",
  });
  const output = (ending: string) => result.outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? "";
  const code = output(".js");
  return {
    code,
    map: output(".map"),
    imports: [...imports].filter((name) => code.includes(`from "${name}"`)).sort(),
    repliesLate: /\bimport \{ replyOrPush\b/.test(code),
  };
}

/** What a component exports, in terms of what the author's module exports. */
function main(entry: string, globals: readonly string[]): string {
  const path = (path: string) => JSON.stringify(path.split(sep).join("/"));
  return [
    `import ${path(join(SDK, "runtime/install.js"))};`,
    ...globals.map((module) => `import ${path(GLOBAL + module)};`),
    `import bot from ${path(resolve(entry))};`,
    `import { handler as exported } from ${path(join(SDK, "runtime/handler.js"))};`,
    "export const handler = exported(bot);",
  ].join("\n");
}

/** Whether code seems to use a global. When it does not, no harm is done. */
function uses(code: string, name: string): boolean {
  return new RegExp(`(?<![.\\w$])(globalThis\\.)?${name}(?![\\w$])`).test(code);
}

/** The modules that make what QuickJS has not global, before the author's run. */
const global: Plugin = {
  name: "global",
  setup(build) {
    const filter = new RegExp(`^${GLOBAL}`);
    build.onResolve({ filter }, ({ path }) => ({ path: path.slice(GLOBAL.length), namespace: GLOBAL }));
    build.onLoad({ filter: /./, namespace: GLOBAL }, ({ path }) => {
      const names = GLOBALS[path]?.join(", ");
      const contents = `import { ${names} } from "./${path}"; Object.assign(globalThis, { ${names} });`;
      return { contents, resolveDir: join(SDK, "runtime") };
    });
  },
};

/** Leaves the host's interfaces for the component to import, those that are used. */
function host(imports: Set<string>): Plugin {
  return {
    name: "host",
    setup(build) {
      build.onResolve({ filter: /^(botbox|wasi|wasx):/ }, ({ path }) => {
        imports.add(path);
        return { path, external: true, sideEffects: false };
      });
    },
  };
}

/** The map without what nobody reads; sources are named by their folder, or package. */
function shortened(map: string, folder: string): string {
  const { version, sources, mappings } = JSON.parse(map) as { version: number; sources: string[]; mappings: string };
  const named = sources.map((source) => {
    const path = resolve(folder, source);
    const isSdk = [SDK, join(PACKAGE, "src/")].some((own) => path.startsWith(own)) || path.endsWith(MAIN);
    return isSdk ? `@botbox/sdk/${relative(PACKAGE, path).split(sep).join("/")}` : source;
  });
  return JSON.stringify({ version, sources: named, names: [], mappings });
}
