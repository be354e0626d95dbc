// Has node resolve the page's modules as a browser does: by the import map of index.html.

import { readFileSync } from "node:fs";
import { register } from "node:module";

const page = readFileSync(new URL("../index.html", import.meta.url), "utf8");
const [, map] = /<script type="importmap">([^]*?)<\/script>/.exec(page) ?? [];
const imports = JSON.parse(map ?? "{}").imports;
const root = new URL("..", import.meta.url).href;

const hooks = `
  const imports = ${JSON.stringify(imports)};
  export function resolve(name, context, next) {
    const path = imports[name];
    return next(path ? path.replace("/assets/", ${JSON.stringify(root)}) : name, context);
  }`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
