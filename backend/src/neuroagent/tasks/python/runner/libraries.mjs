// Compiled packages across processes: where each was put is written down, and it is put there again.

const NOWHERE = -1; // as the interpreter itself says it

// The two questions that our edition of pyodide.asm.mjs asks; see image/pyodide.py.
export function watch(module) {
  module.libraryLog = [];
  module.libraryLoaded = (path, memoryBase, tableBase) => { module.libraryLog.push({ path, memoryBase, tableBase }); };
  module.symbolPlaced = (path, symbol, index) => { module.libraryLog.push({ path, symbol, index }); };
}

export function written(module) {
  const handles = Object.entries(module.LDSO.loadedLibsByHandle).filter(([handle]) => handle !== "0");
  return [...module.libraryLog, ...handles.map(([handle, library]) => ({ path: library.name, handle: Number(handle) }))];
}

// → for each export of the interpreter, in their order, where it stands in the table or in memory
export function places({ symbols: { exports, GOT } }) {
  return Object.keys(exports).map((name) => GOT[name]?.value ?? NOWHERE);
}

// What `places` told is given back, in place of a search: functions beyond the table's first part are put into it again.
export function putInPlace(module, known) {
  module.place = (exports, table, GOT) => {
    const names = Object.keys(exports);
    module.places = new Map();
    names.forEach((name, at) => { if (known[at] !== NOWHERE) module.places.set(name, known[at]); });
    const first = table.length;
    const added = names.filter((name) => typeof exports[name] === "function" && module.places.get(name) >= first);
    table.grow(new Set(added.map((name) => exports[name])).size); // some have two names
    for (const name of added) table.set(module.places.get(name), exports[name]);
    for (const [name, entry] of Object.entries(GOT)) if (entry.value === NOWHERE) entry.value = module.places.get(name) ?? NOWHERE;
  };
}

// After the constructors and before memory is filled: whatever this writes into memory is overwritten.
export function replay(module, log, compiled) {
  if (!log.length) return;
  module.trustTable(); // none of the interpreter's own functions comes with a library
  for (const entry of log) {
    if ("handle" in entry) {
      module.LDSO.loadedLibsByHandle[entry.handle] = module.LDSO.loadedLibsByName[entry.path];
    } else if ("symbol" in entry) {
      place(module, entry);
    } else {
      load(module, entry, compiled[entry.path]);
    }
    if (!("handle" in entry)) module.libraryLog.push(entry);
  }
  module.searchTable();
}

function load(module, entry, binary) {
  extendTable(module, entry.tableBase);
  const library = module.newDSO(entry.path, undefined, "loading");
  library.global = false;
  module.libraryPlace = () => entry;
  library.exports = module.loadWebAssemblyModule(binary, { nodelete: true, allowUndefined: false }, entry.path, {});
  module.libraryPlace = undefined;
}

function place(module, { path, symbol, index }) {
  extendTable(module, index);
  const exported = module.LDSO.loadedLibsByName[path].exports[symbol];
  const placed = module.addFunction(exported, exported.sig);
  if (placed !== index) throw new Error(`${symbol} of ${path} came to ${placed}, not to ${index}`);
}

function extendTable(module, length) {
  if (module.wasmTable.length < length) module.wasmTable.grow(length - module.wasmTable.length);
}
