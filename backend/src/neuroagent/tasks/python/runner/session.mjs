// A session between two runs: memory as it differs from the base, files, open streams; and what a run has made.
import { Tombstone } from "./boot.mjs";
import { written } from "./libraries.mjs";

const HOME = "/home/pyodide";
const KEPT = [HOME, "/tmp"];
const FIGURES = "/figures";
const MOST_BYTES = 64 << 20; // of all files of a session, and of all that one run hands out
const MOST_FILES = 2000;
const MOST_HANDED_OUT = 100;
const CREATE = 0o100 | 0o200 | 0o1000; // open flags that would make or empty a file

// Padded, so that the bytes behind it can be seen as words.
function section(meta, bytes) {
  const written = JSON.stringify(meta);
  const text = new TextEncoder().encode(written + " ".repeat(3 - ((new TextEncoder().encode(written).length + 3) % 4)));
  const whole = new Uint8Array(4 + text.length + bytes.reduce((sum, part) => sum + part.length, 0));
  new DataView(whole.buffer).setUint32(0, text.length, true);
  whole.set(text, 4);
  let at = 4 + text.length;
  for (const part of bytes) { whole.set(part, at); at += part.length; }
  return whole;
}

// → [meta, bytes]; the bytes are copied, so that they can be seen as words
export function readSection(whole) {
  const length = new DataView(whole.buffer, whole.byteOffset).getUint32(0, true);
  return [JSON.parse(new TextDecoder().decode(whole.subarray(4, 4 + length))), whole.slice(4 + length)];
}

export function dumpMemory(pyodide, known, changes, elapsed, boot) {
  const { _module: module, _api: API, FS } = pyodide;
  const hiwire = API.serializeHiwireState((object) => ({ was: Object.prototype.toString.call(object) }));
  const { pages, bytes } = changes(module.HEAPU8);
  const libraries = beyond(written(module), known);
  const streams = FS.streams.filter((stream) => stream?.fd > 2 && KEPT.some((folder) => stream.path?.startsWith(`${folder}/`)))
    .map(({ fd, path, flags, position }) => ({ fd, path, flags, position }));
  const clock = elapsed + (module.elapsed ?? 0);
  const whole = section({ hiwire, size: module.HEAPU8.length, pages, libraries, streams, cwd: FS.cwd(), elapsed: clock, boot }, [bytes]);
  return { whole, pages };
}

function beyond(entries, known) {
  const before = new Set(known.map((entry) => JSON.stringify(entry)));
  return entries.filter((entry) => !before.has(JSON.stringify(entry)));
}

// What Python holds of JavaScript doesn't travel; its places do. → false where this process holds other things in them.
export function adopt(API, module, { hiwireKeys, immortalKeys }) {
  const mine = API.serializeHiwireState(() => ({})).immortalKeys;
  if (mine.some((key, place) => key !== immortalKeys[place])) return false;
  immortalKeys.slice(mine.length).forEach((key) => module.__hiwire_immortal_add(key));
  const first = API.getExpectedKeys().length;
  hiwireKeys.forEach((key, place) => module.__hiwire_set(first + place, key && (key.API ? API : new Tombstone(key.serialized))));
  return true;
}

// → null when there is more than a session may keep
export function dumpFiles(FS) {
  const [folders, files, bytes] = [[], [], []];
  let total = 0;
  for (const { path, isFolder, mode } of KEPT.flatMap((folder) => [...walk(FS, folder)])) {
    if (isFolder) { folders.push(path); continue; }
    const content = FS.readFile(path);
    files.push({ path, mode: mode & 0o777, length: content.length });
    bytes.push(content);
    total += content.length;
    if (total > MOST_BYTES || files.length > MOST_FILES) return null;
  }
  return section({ folders, files }, bytes);
}

export function restoreFiles(FS, whole, cwd) {
  if (whole.length) {
    const [{ folders, files }, bytes] = readSection(whole);
    for (const folder of folders) FS.mkdirTree(folder);
    let at = 0;
    for (const { path, mode, length } of files) {
      FS.writeFile(path, bytes.subarray(at, at + length));
      FS.chmod(path, mode);
      at += length;
    }
  }
  if (FS.analyzePath(FIGURES).exists === false) FS.mkdirTree(FIGURES);
  if (cwd) FS.chdir(cwd);
}

// Python's file objects know their descriptor by its number.
export function openStreams(FS, { streams }) {
  for (const { fd, path, flags, position } of streams) {
    if (!FS.analyzePath(path).exists) continue;
    const stream = FS.open(path, flags & ~CREATE);
    FS.streams[stream.fd] = null;
    FS.streams[fd] = stream;
    stream.fd = fd;
    FS.llseek(stream, position, 0);
  }
}

export function snapshotHome(FS) {
  const seen = new Map();
  for (const { path, isFolder, size, mtime } of walk(FS, HOME)) if (!isFolder) seen.set(path, `${size} ${Number(mtime)} ${FS.lookupPath(path).node.id}`);
  return { seen, at: Date.now() };
}

export function* changed(FS, { seen }, left) {
  let [count, total] = [0, 0];
  for (const { path, isFolder, size, mtime } of walk(FS, HOME)) {
    if (isFolder || seen.get(path) === `${size} ${Number(mtime)} ${FS.lookupPath(path).node.id}`) continue;
    const name = path.slice(HOME.length + 1);
    count += 1;
    total += size;
    if (count > MOST_HANDED_OUT || total > MOST_BYTES) { left.push(name); total -= size; continue; }
    yield { kind: "file", name, change: seen.has(path) ? "changed" : "created", bytes: FS.readFile(path) };
  }
}

export function* freshFiles(FS, left) {
  let total = 0;
  for (const name of FS.readdir(FIGURES).filter((entry) => !entry.startsWith(".")).sort()) {
    const path = `${FIGURES}/${name}`;
    const bytes = FS.readFile(path);
    FS.unlink(path);
    total += bytes.length;
    if (total > MOST_BYTES) left.push(name); else yield { kind: "figure", name, bytes };
  }
}

function* walk(FS, folder) {
  for (const name of FS.readdir(folder).sort()) {
    if (name === "." || name === "..") continue;
    const path = `${folder}/${name}`;
    const { mode, size, mtime } = FS.lstat(path);
    if (FS.isDir(mode)) { yield { path, isFolder: true, mode }; yield* walk(FS, path); }
    else if (FS.isFile(mode)) yield { path, isFolder: false, mode, size, mtime };
  }
}
