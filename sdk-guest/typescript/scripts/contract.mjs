// Copies the contract with the host into the package that is published: see `src/build/world.ts`.
import { cpSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = new URL("..", import.meta.url);
cpSync(fileURLToPath(new URL("../../wit", root)), fileURLToPath(new URL("wit/botbox", root)), { recursive: true });
