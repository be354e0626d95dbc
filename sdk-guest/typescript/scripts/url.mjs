// Makes dist/src/runtime/core-js-url.js: core-js's URL in one module. In a bot's own bundle, the names in
// it would be taken for those of the bot, whose place the SDK's modules take.
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

await build({
  stdin: {
    contents: 'import "core-js/actual/url/index.js"; export const { URL, URLSearchParams } = realm;',
    resolveDir: fileURLToPath(new URL("..", import.meta.url)),
  },
  outfile: fileURLToPath(new URL("../dist/src/runtime/core-js-url.js", import.meta.url)),
  bundle: true,
  format: "esm",
  platform: "browser",
  define: { URL: "realm.URL", URLSearchParams: "realm.URLSearchParams" },
  banner: { js: "const realm = globalThis;" },
  minify: true,
});
