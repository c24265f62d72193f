// Makes the base: boots Pyodide in full once, imports what most scripts want, and writes its memory down.
// deno run make.mjs IMAGE PRELOAD…
import { boot } from "./boot.mjs";
import { places, written } from "./libraries.mjs";
import { fingerprints, ranges } from "./memory.mjs";

// The same parts are to make the same memory, byte for byte: nothing of the clock or of chance goes into it.
let ticks = 0;
performance.now = () => (ticks += 0.001);
Date.now = () => 1_700_000_000_000;
crypto.getRandomValues = (target) => target.fill(0);

const [address, ...preload] = Deno.args;
const image = decodeURIComponent(new URL(address).pathname);
const { default: factory } = await import(`${address}/pyodide.asm.mjs`);
const description = JSON.parse(Deno.readTextFileSync(`${image}/packages.json`));
const blob = Deno.readFileSync(`${image}/packages.blob`);

const parts = {
  factory,
  wasm: await WebAssembly.compile(Deno.readFileSync(`${image}/pyodide.asm.wasm`)),
  stdlib: Deno.readFileSync(`${image}/python_stdlib.zip`),
  versions: description.versions,
  packages: { path: "/packages", index: description.index, read: (target, offset) => target.set(blob.subarray(offset, offset + target.length)) },
};
const pyodide = await boot({ parts, globals: Object.create(null) });
const said = [];
const listen = { write: (bytes) => { said.push(new TextDecoder().decode(bytes)); return bytes.length; }, isatty: false };
pyodide.setStdout(listen);
pyodide.setStderr(listen);
const install = pyodide.runPython(`
def install(name, source):
    import sys, types
    module = sys.modules[name] = types.ModuleType(name)
    exec(compile(source, "<sandbox>", "exec"), module.__dict__)
    return module
install`);
install("neuroagent.tasks.python.runner.shown", Deno.readTextFileSync(`${image}/shown.py`));
const inside = install("neuroagent_sandbox", Deno.readTextFileSync(`${image}/inside.py`));
const report = inside.prepare(preload.join(" "));
inside.destroy();
install.destroy();
pyodide.runPython("import gc; gc.collect(); gc.freeze()");

const { HEAPU8 } = pyodide._module;
const filled = ranges(HEAPU8);
const snapshot = { size: HEAPU8.length, ranges: filled, hiwire: pyodide._api.serializeHiwireState(), libraries: written(pyodide._module), places: places(pyodide._module) };
const file = Deno.openSync(`${image}/base.memory`, { write: true, create: true, truncate: true });
for (const [offset, length] of filled) {
  for (let at = offset; at < offset + length;) at += file.writeSync(HEAPU8.subarray(at, offset + length));
}
file.close();
Deno.writeFileSync(`${image}/base.pages`, new Uint8Array(fingerprints(HEAPU8).buffer));
Deno.writeTextFileSync(`${image}/base.json`, JSON.stringify(snapshot));
console.log(JSON.stringify({ report: JSON.parse(report), said: said.join("").slice(-2000) }));
Deno.exit(0);
