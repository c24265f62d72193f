// The trusted half of a slot: boots an isolate that may do nothing, reads for it, and ends it when it doesn't listen.
// deno run … host.mjs; the first 16 bytes of its input are the secret.
import { reader, writer } from "./frames.mjs";
import { xorWithBase } from "./memory.mjs";

const image = decodeURIComponent(new URL(".", import.meta.url).pathname);
const GRACE = 1000; // milliseconds between the interrupt and the end of an isolate
const FLOOD = 20; // times the limit of output: whoever sends that much isn't our isolate any more
const MOST_HANDED_OUT = 160 << 20; // bytes of one run's files and figures

const { take, frame } = reader(Deno.stdin.readable);
const write = writer(await take(16), Deno.stdout);
const [{ output: outputLimit }] = await frame();

const interrupt = new SharedArrayBuffer(4);
const reading = new SharedArrayBuffer(8 + (1 << 20));
const base = JSON.parse(Deno.readTextFileSync(`${image}base.json`));
const packages = JSON.parse(Deno.readTextFileSync(`${image}packages.json`));
const blob = Deno.openSync(`${image}packages.blob`);
const blobLength = blob.statSync().size;

let run = null; // {id, sent, timers}
const { worker, port } = launch();
boot();

for (;;) {
  const [order, payload] = await frame();
  ({ begin, rehearse, rehearsed, restore, run: start, interrupt: stop, dump })[order.do]?.(order, payload);
}

function launch() {
  const worker = new Worker(new URL("./isolate.mjs", import.meta.url), { type: "module", deno: { permissions: "none" } });
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => hear(data);
  worker.onerror = (event) => { event.preventDefault(); end({ event: "broken", why: String(event.message).slice(0, 2000) }); };
  worker.postMessage({ port: port2 }, [port2]); // what comes by postMessage itself is never listened to
  return { worker, port: port1 };
}

async function boot() {
  const compiled = compile(base.libraries); // beside it
  const wasm = await compiledFrom(Deno.readFileSync(`${image}pyodide.asm.wasm`));
  const stdlib = Deno.readFileSync(`${image}python_stdlib.zip`);
  const snapshot = { size: base.size, libraries: base.libraries, places: base.places };
  const { versions, index } = packages;
  port.postMessage({ boot: { wasm, stdlib, snapshot, versions, index, interrupt, reading, outputLimit } }, [stdlib.buffer]);
  port.postMessage({ libraries: await compiled });
}

async function compile(libraries) {
  const paths = [...new Set(libraries.filter((entry) => "memoryBase" in entry).map((entry) => entry.path))];
  return Object.fromEntries(await Promise.all(paths.map(async (path) => [path, await compiledFrom(library(path))])));
}

// The bytes are given back at once; nobody collects garbage in a process that waits.
async function compiledFrom(bytes) {
  const module = await WebAssembly.compile(bytes);
  bytes.buffer.transfer(0);
  return module;
}

function library(path) {
  const inside = path.replace(/^\/packages\//, "");
  const found = packages.index.find(([name]) => name === inside) ?? packages.index.find(([name]) => name.endsWith(`/${path}`));
  if (!found) throw new Error(`this image has no library ${path}`);
  return readBlob(found[1], found[2]);
}

function readBlob(offset, length) {
  return readFrom(blob, offset, new Uint8Array(length));
}

function readFrom(file, offset, into) {
  file.seekSync(offset, Deno.SeekMode.Start);
  for (let at = 0; at < into.length;) at += file.readSync(into.subarray(at)) ?? into.length;
  return into;
}

function baseMemory() {
  return Deno.readFileSync(`${image}base.memory`);
}

// The isolate waits, blocked, until its bytes lie in the shared buffer.
function lend([offset, length]) {
  const state = new Int32Array(reading, 0, 1);
  const target = new Uint8Array(reading, 8);
  const allowed = Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0
    && length <= target.length && offset + length <= blobLength;
  if (allowed) target.set(readBlob(offset, length));
  Atomics.store(state, 0, allowed ? 1 : 2);
  Atomics.notify(state, 0);
}

async function begin({ memory, files, ready }, payload) {
  const bytes = baseMemory();
  const session = memory ? payload.slice(0, memory) : null;
  const restored = payload.slice(memory, memory + files);
  const compiled = session ? await compile(libraries(session)) : {};
  const transfer = [bytes.buffer, restored.buffer, ...(session ? [session.buffer] : [])];
  port.postMessage({ fill: { base: bytes, ranges: base.ranges, hiwire: base.hiwire, size: base.size, session, files: restored, compiled, rehearse: ready } }, transfer);
}

function rehearse() {
  port.postMessage({ rehearse: true });
}

function rehearsed() {
  port.postMessage({ rehearsed: true });
}

function restore({ memory }, payload) {
  const [session, files] = [payload.slice(0, memory), payload.slice(memory)];
  port.postMessage({ restore: { session, files } }, [session.buffer, files.buffer]);
}

// The session's own libraries, beyond the base's; what it names must lie in the image.
function libraries(session) {
  const length = new DataView(session.buffer, session.byteOffset).getUint32(0, true);
  return JSON.parse(new TextDecoder().decode(session.subarray(4, 4 + length))).libraries;
}

function start({ id, script, files, milliseconds }, payload) {
  let at = script;
  const given = files.map(([name, length]) => [name, payload.slice(at, (at += length))]);
  Atomics.store(new Int32Array(interrupt), 0, 0);
  run = { id, sent: 0, handedOut: 0, timers: [setTimeout(stop, milliseconds)] };
  port.postMessage({ run: { id, script: new TextDecoder().decode(payload.subarray(0, script)), files: given } });
}

function stop() {
  if (!run || run.timers.length > 1) return;
  new Uint8Array(interrupt)[0] = 2;
  port.postMessage({ cancel: true });
  run.timers.push(setTimeout(() => end({ event: "terminated" }), GRACE));
}

function dump() {
  const prints = Deno.readFileSync(`${image}base.pages`).buffer;
  port.postMessage({ dump: { prints, known: base.libraries } }, [prints]);
}

function hear(said) {
  if (said.read) return lend(said.read);
  if (said.half) return write({ event: "half" });
  if (said.rehearse) return write({ event: "rehearse" });
  if (said.unlike) return write({ event: "unlike" });
  if (said.ready) {
    globalThis.gc?.();
    return write({ event: "ready" });
  }
  if (said.broken) return end({ event: "broken", why: String(said.broken).slice(0, 2000) });
  if (said.state) return handState(said.state);
  if (said.tooLarge) return write({ event: "too large", bytes: Number(said.tooLarge) });
  if (!run || said.id !== run.id) return undefined;
  if (said.output) return output(said.output);
  if (said.made) return handOut(said.made);
  if (said.done !== undefined) return finish(said);
  return undefined;
}

// The pages that have changed, at the end of `memory`, are kept as what differs from the base: that packs better.
function handState({ memory, pages, files }) {
  const changed = memory.subarray(memory.length - pages.length * 4096);
  const file = Deno.openSync(`${image}base.memory`);
  const read = (target, offset) => readFrom(file, offset, target);
  xorWithBase(changed, pages, base.ranges, read);
  file.close();
  const both = new Uint8Array(memory.length + files.length);
  both.set(memory);
  both.set(files, memory.length);
  return write({ event: "state", memory: memory.length, files: files.length }, both);
}

function output([stream, bytes]) {
  run.sent += bytes.length;
  if (run.sent > outputLimit * FLOOD) return end({ event: "broken", why: "it wrote without end" });
  if (run.sent <= outputLimit + 65536) write({ event: "output", id: run.id, stream: stream === 2 ? "stderr" : "stdout" }, bytes);
  return undefined;
}

function handOut({ kind, name, change, bytes }) {
  run.handedOut += bytes.length;
  if (run.handedOut > MOST_HANDED_OUT) return end({ event: "broken", why: "it handed out files without end" });
  return write({ event: "made", id: run.id, kind, name, change }, bytes);
}

function finish({ done, milliseconds, left }) {
  const interrupted = run.timers.length > 1;
  run.timers.forEach(clearTimeout);
  write({ event: "done", id: run.id, interrupted, milliseconds, left }, new TextEncoder().encode(done));
  run = null;
}

// Whatever ends here is never run again: the process goes with its isolate.
function end(news) {
  worker.terminate();
  write({ ...news, id: run?.id });
  Deno.exit(0);
}
