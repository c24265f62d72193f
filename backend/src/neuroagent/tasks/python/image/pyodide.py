"""Pyodide's own part of an image: fetched as the npm registry has it, checked against what we know, and edited."""

import hashlib
import os
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deno import find_deno_bin

from neuroagent.tasks.python.image.errors import ImageError, OutOfReach

VERSION: Final = "314.0.7"
PYTHON: Final = "3.14"
ABI: Final = "2026_0"
BUILD: Final = (
    "990c3b51a9722d62434de2bbc9643732658d488c1b6d467f22c1b6beba80d497"  # in its loader, and in every snapshot
)
FILES: Final[Mapping[str, str]] = {
    "pyodide.asm.mjs": "f7cdc8ece80678ceb712f8e65ebe6d3a83203a180c399865f49612a051693635",
    "pyodide.asm.wasm": "cc36e3cab04fdfc9a63ff13eb52eae2b911bf46c025cc7b281f394bd3de1d5e6",
    "python_stdlib.zip": "fa1957e5777068fc4f7437f96d860ae2fbe9c19732ba06c84e004ec16dd7dd7a",
    "pyodide-lock.json": "5dc2fc119108bc148c7457dc86e7675b5c87e1cafd420b9c34c1eaef7b36c010",
    "pyodide.mjs": "",  # only read: where the distribution lies
}

# Each stands once in the file, or the build stops: where a compiled package comes to lie is told and can be asked for.
_PLACES: Final = (
    "var memoryBase=metadata.memorySize?alignMemory(getMemory(metadata.memorySize+memAlign),memAlign):0;"
    "var tableBase=metadata.tableSize?wasmTable.length:0;"
)
_ASKED: Final = (
    "var memoryBase,tableBase,placed=Module.libraryPlace?.(libName);"
    "if(placed){memoryBase=placed.memoryBase;tableBase=placed.tableBase}"
    f"else{{{_PLACES.replace('var ', '')}Module.libraryLoaded?.(libName,memoryBase,tableBase)}}"
)
_SYMBOL: Final = "result=addFunction(result,result.sig);"
_CLOCK: Final = "var _emscripten_get_now=()=>performance.now()"
# Where each of thousands of functions stands in the table is known from the base; to find it out anew takes a tenth
# of a boot.
_TABLE: Final = "updateGOT(origExports);LDSO.init();"
_KNOWN: Final = (
    "Module.place?Module.place(origExports,wasmTable,GOT):updateGOT(origExports);Module.symbols={exports:origExports,GOT};"
    "Module.searchTable=()=>{functionsInTableMap=undefined};Module.trustTable=()=>{functionsInTableMap=new WeakMap};"
    "LDSO.init();"
)
_UNPLACED: Final = 'rtn=GOT[symName]=new WebAssembly.Global({value:"i32",mutable:true},'
_SEEN: Final = "var existingEntry=GOT[symName]&&GOT[symName].value!=-1;"
_SEEN_OR_KNOWN: Final = "var existingEntry=GOT[symName]?GOT[symName].value!=-1:Module.places?.has(symName);"
_FORGET: Final = "var removeFunction=index=>{functionsInTableMap"
# Put back in its place, a package needs no relocation and no constructors: its memory comes after it.
_RELOCATE: Final = 'var applyRelocs=moduleExports["__wasm_apply_data_relocs"];if(applyRelocs'
_CONSTRUCT: Final = 'var init=moduleExports["__wasm_call_ctors"];if(init'
EDITS: Final = (
    (f"{_RELOCATE})", f"{_RELOCATE}&&!placed)"),
    (f"{_CONSTRUCT})", f"{_CONSTRUCT}&&!placed)"),
    (_PLACES, _ASKED),
    (f"{_SYMBOL}HEAPU32[symbolIndex", f"{_SYMBOL}Module.symbolPlaced?.(lib.name,symbol,result);HEAPU32[symbolIndex"),
    (_TABLE, _KNOWN),
    (f"{_UNPLACED}-1)", f"{_UNPLACED}Module.places?.get(symName)??-1)"),
    (_SEEN, _SEEN_OR_KNOWN),
    (f"{_FORGET}.delete", f"{_FORGET}?.delete"),
    (f"{_CLOCK};", f"{_CLOCK}+(Module.elapsed??0);"),  # a session that moves must not see its clock go backwards
)
READ_BY_US: Final = {"_Py_Version"}
_WORD: Final = re.compile(r"[A-Za-z_$][A-Za-z_$0-9]*")
_DECLARED: Final = re.compile(r"var (_set_method_docstring,[\w$,]+);")
_NAMING: Final = re.compile(r'(?P<name>[\w$]+)=Module\["(?P=name)"\]=wasmExports\["[^"]+"\](?:\.value>>>0)?;?')


@dataclass(frozen=True)
class Pyodide:
    """The files as they came, in a folder that outlives the build."""

    folder: Path

    @property
    def lock(self) -> Path:
        return self.folder / "pyodide-lock.json"

    def put_into(self, image: Path) -> None:
        for name in ("pyodide.asm.wasm", "python_stdlib.zip"):
            shutil.copyfile(self.folder / name, image / name)
        source = (self.folder / "pyodide.asm.mjs").read_text(encoding="utf-8")
        (image / "pyodide.asm.mjs").write_text(_edited(source), encoding="utf-8")


def fetch(cache: Path) -> Pyodide:
    """Deno reads the npm client's own configuration and checks what it gets against the registry's hashes."""
    folder = cache / f"pyodide-{VERSION}"
    if not folder.exists():
        _bring(cache, folder)
    for name, digest in FILES.items():
        found = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        if digest and found != digest:
            raise ImageError(f"{name} of Pyodide {VERSION} is {found}, not {digest}; delete {folder} and build again.")
    return Pyodide(folder)


def _bring(cache: Path, folder: Path) -> None:
    deno_folder = cache / "deno"
    deno_folder.mkdir(parents=True, exist_ok=True)
    environment = {"DENO_TLS_CA_STORE": "system,mozilla", "NO_COLOR": "1", **os.environ, "DENO_DIR": str(deno_folder)}
    command = [find_deno_bin(), "cache", "--no-lock", "--node-modules-dir=none", f"npm:pyodide@{VERSION}"]
    done = subprocess.run(command, cwd=cache, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - never through a shell
    found = next(deno_folder.glob(f"npm/**/pyodide/{VERSION}/pyodide.asm.wasm"), None)
    if done.returncode or found is None:
        raise OutOfReach(
            f"Pyodide {VERSION} could not be fetched from the npm registry: {done.stderr.strip()[-600:]}\n"
            "If packages come from a mirror here, set NPM_CONFIG_REGISTRY to its address and build again."
        )
    draft = folder.with_name(f"{folder.name}.{os.getpid()}")
    draft.mkdir()
    for name in FILES:
        shutil.copyfile(found.parent / name, draft / name)
    draft.replace(folder)


def _edited(source: str) -> str:
    for old, new in EDITS:
        if source.count(old) != 1:
            raise ImageError(
                f"pyodide.asm.mjs has {old[:60]!r} {source.count(old)} times, not once; its edits need mending."
            )
        source = source.replace(old, new)
    return _without_unread_names(source)


def _without_unread_names(source: str) -> str:
    """A third of the file gives names to functions of which nobody reads the name; to parse it takes its time."""
    found = _DECLARED.findall(source)
    if len(found) != 1:
        raise ImageError(f"pyodide.asm.mjs declares its names {len(found)} times, not once; its edits need mending.")
    [declared] = found
    seen = Counter(_WORD.findall(_NAMING.sub("", source)))
    unread = {name for name in declared.split(",") if seen[name] == 1} - READ_BY_US
    kept = ",".join(name for name in declared.split(",") if name not in unread)
    named = _NAMING.sub(lambda found: "" if found["name"] in unread else found[0], source.replace(declared, kept))
    return named.replace(";}var wasmImports={", "}var wasmImports={")
