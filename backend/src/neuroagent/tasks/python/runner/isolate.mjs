// The untrusted half of a slot: an isolate without any permission, in which Pyodide runs people's scripts.
import factory from "./pyodide.asm.mjs";
import { boot } from "./boot.mjs";
import { apply, changedSince, checksum, difference, fill, putBack } from "./memory.mjs";
import { adopt, changed, dumpFiles, dumpMemory, freshFiles, openStreams, readSection, restoreFiles, snapshotHome } from "./session.mjs";

// Nothing that a script does to the prototypes later may change what these do.
const now = performance.now.bind(performance);
const { load, store, wait } = Atomics;
const collect = globalThis.gc;
const PIECE = 8192; // bytes of output that travel together
const LATE = 20; // milliseconds that output may wait for more of it

// When a proxy is collected must not matter: it would count down in a memory that may have been exchanged by then.
globalThis.FinalizationRegistry = class { register() {} unregister() {} };

self.onmessage = ({ data: { port } }) => {
  self.onmessage = null;
  const post = port.postMessage.bind(port);
  const heard = orders(post);
  port.onmessage = async ({ data }) => {
    try {
      for (const [order, details] of Object.entries(data)) await heard[order]?.(details);
    } catch (error) {
      post({ broken: `${error}\n${error?.stack}` });
    }
  };
};

function orders(post) {
  const speech = output(post);
  const slot = { pyodide: null, module: null, inside: null, interrupts: null, fresh: null, base: null, known: null, started: false };
  let filled, halfway, leave, compiled, touched = false;
  const libraries = new Promise((resolve) => { compiled = resolve; });
  const half = new Promise((resolve) => { halfway = resolve; });
  const snapshot = new Promise((resolve) => { filled = resolve; });
  const rehearsed = new Promise((resolve) => { leave = resolve; });
  return {
    async boot(parts) {
      const packages = { path: "/packages", index: parts.index, read: borrower(post, parts.reading) };
      const onHalf = (module) => { slot.module = module; post({ half: true }); halfway(); };
      slot.pyodide = await boot({ parts: { ...parts, factory, packages, libraries }, snapshot, globals: Object.create(null), onHalf });
      listen(slot, speech, parts);
      forgetGlobals();
      slot.inside = entrances(slot.pyodide);
      if (slot.known) openStreams(slot.pyodide.FS, slot.known);
      else if (slot.base.rehearse) await makeReady(slot, post, rehearsed, () => touched);
      slot.base = null;
      if (slot.fresh) collect?.(); // now, and not in the middle of the first run
      post({ ready: true });
    },
    libraries(given) { compiled(given); },
    async fill(given) {
      await half;
      const [meta, bytes] = given.session ? readSection(given.session) : [null, null];
      Object.assign(slot, { known: meta, base: given });
      restoreFiles(slot.module.FS, given.files, meta?.cwd);
      const { size, hiwire, libraries = [], elapsed } = meta ?? given;
      const write = (heap) => { fill(heap, given.base, given.ranges); if (meta) apply(heap, meta.pages, bytes); };
      filled({ size, hiwire, libraries, compiled: given.compiled, elapsed, fill: write });
    },
    rehearse() { touched = true; slot.inside.rehearse(); },
    rehearsed() { leave(); },
    restore({ session, files }) { restore(slot, session, files, post); },
    async run({ id, script, files }) {
      speech.begin(id);
      const { pyodide: { FS }, inside } = slot;
      if (!slot.started) { inside.start(); slot.started = true; }
      for (const [name, bytes] of files) FS.writeFile(`/home/pyodide/${name}`, bytes);
      const before = snapshotHome(FS);
      const begun = now();
      let outcome = inside.run(script);
      if (typeof outcome !== "string") outcome = await settled(outcome);
      const milliseconds = now() - begun;
      store(slot.interrupts, 0, 0); // one that came too late must not hit what follows
      speech.flush();
      const left = [];
      for (const made of [...freshFiles(FS, left), ...changed(FS, before, left)]) post({ id, made });
      post({ id, done: outcome, milliseconds, left });
    },
    cancel() {
      store(slot.interrupts, 0, 0); // whoever hears this isn't computing, but waiting
      slot.inside.cancel();
    },
    dump({ prints, known }) {
      store(slot.interrupts, 0, 0);
      slot.inside.settle();
      const files = dumpFiles(slot.pyodide.FS);
      if (!files) return post({ tooLarge: 1 });
      const { whole, pages } = dumpMemory(slot.pyodide, known, (heap) => changedSince(heap, new Int32Array(prints)), now(), slot.fresh?.sum);
      return post({ state: { memory: whole, pages, files } });
    },
  };
}

function listen(slot, speech, { interrupt, outputLimit }) {
  const { pyodide } = slot;
  slot.interrupts = new Int32Array(interrupt);
  pyodide.setInterruptBuffer(new Uint8Array(interrupt));
  speech.limit(outputLimit);
  pyodide.setStdout({ write: speech.writer(1), isatty: false });
  pyodide.setStderr({ write: speech.writer(2), isatty: false });
}

// The first call of everything costs tens of milliseconds. While nobody waits, all ways are gone in here, and then the
// worker sends runs down the very line that will serve, until it says that it has. Memory is put back as it was, so that
// every ready slot has the same, and a session is written down without the rest.
async function makeReady(slot, post, rehearsed, touched) {
  const { module } = slot;
  const { base, ranges } = slot.base;
  const steps = difference(module.HEAPU8, base, ranges);
  slot.fresh = { ...steps, sum: checksum(steps) };
  post({ rehearse: true });
  await rehearsed;
  if (touched()) putBack(module.HEAPU8, base, ranges, steps);
  slot.started = false; // what was random is so anew in the first true run
  base.buffer.transfer(0);
}

// A ready slot takes up a session in a few milliseconds: back to the base, and on to where the session was.
// What JavaScript holds of Python lies at the same places in both, or else the boots differ and this isn't done.
function restore(slot, session, files, post) {
  const { module, pyodide, fresh } = slot;
  const [meta, bytes] = readSection(session);
  if (meta.boot !== fresh?.sum || meta.libraries.length || !adopt(pyodide._api, module, meta.hiwire)) return post({ unlike: true });
  if (meta.size > module.HEAPU8.length && !module.growMemory(meta.size)) return post({ unlike: true });
  restoreFiles(module.FS, files, meta.cwd);
  apply(module.HEAPU8, fresh.pages, fresh.bytes);
  apply(module.HEAPU8, meta.pages, bytes);
  module.elapsed = meta.elapsed;
  openStreams(module.FS, meta);
  return post({ ready: true });
}

async function settled(promise) {
  const outcome = await promise;
  promise.destroy?.();
  return outcome;
}

function entrances(pyodide) {
  const module = pyodide.runPython("import neuroagent_sandbox; neuroagent_sandbox");
  const { run, cancel, settle, start, rehearse } = module;
  return { run, cancel, settle, start, rehearse };
}

// Bytes of a package: asked for, and waited for without a turn of the event loop.
function borrower(post, reading) {
  const state = new Int32Array(reading, 0, 1);
  const lent = new Uint8Array(reading, 8);
  return (target, offset) => {
    for (let at = 0; at < target.length; at += lent.length) {
      const length = Math.min(lent.length, target.length - at);
      store(state, 0, 0);
      post({ read: [offset + at, length] });
      while (load(state, 0) === 0) wait(state, 0, 0);
      if (load(state, 0) !== 1) throw new Error("the packages can't be read");
      target.set(lent.subarray(0, length), at);
    }
  };
}

// Many small writes become few messages, and what is beyond the limit never leaves.
function output(post) {
  let [id, stream, size, sent, last, limit] = [null, 1, 0, 0, 0, 0];
  const waiting = new Uint8Array(PIECE);
  const flush = () => {
    if (size && id !== null) post({ id, output: [stream, waiting.slice(0, size)] });
    size = 0;
    last = now();
  };
  const write = (to, bytes) => {
    if (to !== stream || size + bytes.length > PIECE) flush();
    stream = to;
    const room = Math.max(0, Math.min(bytes.length, limit + 1 - sent)); // one more tells that there was more
    sent += bytes.length;
    for (let at = 0; at < room; at += PIECE) {
      const part = bytes.subarray(at, Math.min(room, at + PIECE));
      if (size + part.length > PIECE) flush();
      waiting.set(part, size);
      size += part.length;
    }
    if (now() - last > LATE) flush();
    return bytes.length;
  };
  const begin = (next) => { size = 0; sent = 0; last = 0; id = next; };
  return { writer: (to) => (bytes) => write(to, bytes), flush, begin, limit: (most) => { limit = most; } };
}

function forgetGlobals() {
  const kept = ["Object", "Function", "Array", "Number", "Boolean", "String", "Symbol", "Promise", "Proxy", "Reflect", "Map", "Set", "WeakMap",
    "WeakSet", "WeakRef", "FinalizationRegistry", "Error", "AggregateError", "EvalError", "RangeError", "ReferenceError", "SyntaxError", "TypeError",
    "URIError", "JSON", "Math", "Date", "RegExp", "BigInt", "Intl", "Atomics", "ArrayBuffer", "SharedArrayBuffer", "DataView", "WebAssembly",
    "Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array", "Uint32Array", "Float32Array", "Float64Array",
    "BigInt64Array", "BigUint64Array", "globalThis", "self", "undefined", "NaN", "Infinity", "isNaN", "isFinite", "parseInt", "parseFloat",
    "setTimeout", "clearTimeout", "queueMicrotask", "performance", "crypto", "TextEncoder", "TextDecoder", "AbortController", "AbortSignal",
    "MessageChannel", "onmessage", "onerror", "onmessageerror", "decodeURIComponent", "encodeURIComponent", "Iterator", "atob", "btoa", "console"];
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    if (kept.includes(name)) continue;
    try { if (!delete globalThis[name]) globalThis[name] = undefined; } catch { /* fixed, and harmless without the permissions */ }
  }
  self.addEventListener?.("unhandledrejection", (event) => event.preventDefault());
}
