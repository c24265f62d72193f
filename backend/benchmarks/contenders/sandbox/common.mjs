// The common way: a process per run, which boots Pyodide, installs its wheels, and runs one script.
// deno run -A common.mjs PYODIDE SCRIPT WHEEL…
const [folder, script, ...wheels] = Deno.args;
const { loadPyodide } = await import(`file://${folder}/pyodide.mjs`);
const pyodide = await loadPyodide({ indexURL: `${folder}/` });
for (const wheel of wheels) pyodide.unpackArchive(Deno.readFileSync(wheel), "whl");
await pyodide.runPythonAsync(script);
Deno.exit(0);
