// Boots Pyodide the short way: memory comes from a snapshot, packages from a read-only filesystem, nothing from afar.
import { putInPlace, replay, watch } from "./libraries.mjs";
import { mountPackages } from "./packages.mjs";

const HOME = "/home/pyodide";
const PAGE = 65536; // of wasm memory
const NOWHERE = "/nowhere/";

// `snapshot` is a promise: what doesn't need it is done before it comes, and `onHalf` says when only it is missing.
export async function boot({ parts, snapshot = null, onHalf = () => {}, globals, environment = {} }) {
  let memory, fail;
  const failure = new Promise((_, reject) => { fail = reject; });
  const settings = moduleSettings(parts, globals, environment, (made) => { memory = made; }, fail);
  if (snapshot) settings.noInitialRun = true;
  watch(settings);
  if (snapshot) putInPlace(settings, parts.snapshot.places);
  const module = await Promise.race([withoutProcess(() => parts.factory(settings)), failure]);
  module.locateFile = (name) => { throw new Error(`nothing is fetched: ${name}`); };
  const { API } = module;
  let config;
  if (snapshot) {
    replay(module, parts.snapshot.libraries, await parts.libraries);
    onHalf(module);
    const { size, libraries = [], compiled = {}, fill, hiwire, elapsed } = await snapshot;
    replay(module, libraries, compiled);
    grow(module, memory, size);
    fill(module.HEAPU8);
    module.elapsed = elapsed ?? 0;
    config = hiwire;
  }
  const pyodide = API.finalizeBootstrap(config, (lost) => new Tombstone(lost));
  if (!snapshot) { // otherwise it lies in memory already
    API.sys.path.insert(0, "");
    API._pyodide.set_excepthook();
  }
  await API.packageIndexReady;
  API.initializeStreams(() => null, undefined, undefined);
  return pyodide;
}

// What a JavaScript object that Python held becomes when a session moves to another process.
export class Tombstone {
  constructor(lost) { this.lost = String(lost?.was ?? "a JavaScript object"); }
}

function grow(module, memory, size) {
  if (size > memory.buffer.byteLength && !module.growMemory(size)) throw new Error("this session needs more memory than it may have");
}

function moduleSettings(parts, globals, environment, onMemory, fail) {
  const { python, abi } = parts.versions;
  const lock = { info: { arch: "wasm32", platform: "emscripten", version: parts.versions.pyodide, python, abi_version: abi }, packages: {} };
  const env = { HOME, PYTHONINSPECT: "1", PYTHONDONTWRITEBYTECODE: "1", PYTHONHASHSEED: "0", PYTHONPATH: parts.packages.path, ...environment };
  const config = {
    jsglobals: globals, stdin: () => null, args: [], env, packages: [], packageCacheDir: NOWHERE, packageBaseUrl: NOWHERE, cdnUrl: NOWHERE,
    enableRunUntilComplete: true, checkAPIVersion: true, BUILD_ID: parts.versions.build, _makeSnapshot: true, lockFileContents: lock, indexURL: NOWHERE,
  };
  return {
    noImageDecoding: true, noAudioDecoding: true, noWasmDecoding: false, arguments: [],
    API: { config, runtimeEnv: surroundings(), lockFilePromise: Promise.resolve(lock) },
    preRun: [(module) => furnish(module, parts, env)],
    locateFile: (name) => NOWHERE + name,
    instantiateWasm: (imports, done) => { instantiate(parts, imports, done, onMemory).catch(fail); return {}; },
  };
}

async function instantiate(parts, imports, done, onMemory) {
  const wrong = Symbol("error"); // how a JavaScript call tells the interpreter that it threw
  Object.assign(imports.env, { Jsv_GetError_import: () => wrong, JsvError_Check: (value) => (value === wrong ? 1 : 0) });
  const instance = await WebAssembly.instantiate(parts.wasm, imports);
  const { memory } = instance.exports;
  const missing = ((parts.snapshot?.size ?? 0) - memory.buffer.byteLength) / PAGE;
  if (missing > 0) memory.grow(missing);
  onMemory(memory);
  done(instance, parts.wasm);
}

function furnish(module, parts, env) {
  const version = module.HEAPU32[module._Py_Version >>> 2];
  const [major, minor] = [(version >>> 24) & 255, (version >>> 16) & 255];
  module.API.pyVersionTuple = [major, minor, (version >>> 8) & 255];
  module.API.sitePackages = `/lib/python${major}.${minor}/site-packages`;
  for (const folder of [module.API.sitePackages, `/lib/python${major}.${minor}/lib-dynload`, HOME]) module.FS.mkdirTree(folder);
  module.FS.writeFile(`/lib/python${major}${minor}.zip`, parts.stdlib, { canOwn: true });
  mountPackages(module.FS, parts.packages);
  module.FS.chdir(HOME);
  Object.assign(module.ENV, env);
}

// Pyodide asks where it is by looking at globals; it is to find a plain browser's worker and no `process`.
async function withoutProcess(work) {
  const had = "window" in globalThis;
  try { delete globalThis.process; } catch { globalThis.process = undefined; }
  if (!had) globalThis.window = {};
  const going = work();
  if (!had) delete globalThis.window;
  return await going;
}

function surroundings() {
  const none = ["NODE", "NODE_COMMONJS", "NODE_ESM", "BUN", "BROWSER_MAIN_THREAD", "SAFARI", "SHELL", "WORKERD"];
  const here = ["DENO", "BROWSER", "BROWSER_WEB_WORKER"];
  return Object.fromEntries([...none.map((name) => [`IN_${name}`, false]), ...here.map((name) => [`IN_${name}`, true])]);
}
