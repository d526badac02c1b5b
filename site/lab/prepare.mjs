// Run by build.py: the tab's own Python, in node, makes what every visitor's Python would have to make again.
//
// node prepare.mjs RUNTIME PROGRAM TO: load all packages of the folder RUNTIME, run PROGRAM, and write what it leaves in
// /made to the folder TO.

import { createRequire } from "node:module";
import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";

const [runtime, program, to] = process.argv.slice(2).map(name => path.resolve(name));
// Pyodide is one line of a megabyte, which node would print where something fails in it
const fail = error => {
  console.error(String(error?.message ?? error).slice(-3000));
  process.exit(1);
};
process.on("uncaughtException", fail);

const { loadPyodide } = createRequire(import.meta.url)(path.join(runtime, "pyodide.js"));
const python = await loadPyodide({ indexURL: `${runtime}/` });
const lock = JSON.parse(readFileSync(path.join(runtime, "pyodide-lock.json"), "utf-8"));
await python.loadPackage(Object.keys(lock.packages), { messageCallback: () => {} });
mkdirSync(to, { recursive: true });
python.FS.mkdirTree("/made");
python.FS.mount(python.FS.filesystems.NODEFS, { root: to }, "/made");
try {
  await python.runPythonAsync(readFileSync(program, "utf-8"));
} catch (error) {
  fail(error);
}
