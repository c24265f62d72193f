// Compiled packages across processes: where each was put is written down, and it is put there again.

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

// After the constructors and before memory is filled: whatever this writes into memory is overwritten.
export function replay(module, log, compiled) {
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
