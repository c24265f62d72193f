// What a script printed, drew, made and returned.

import { Suspense } from "react";
import type { PythonOutput } from "../api/types.ts";
import { Icon } from "../design/icons.tsx";
import { Boundary, lazily } from "../design/lazily.tsx";
import { bytes } from "../design/words.ts";
import { addressOf } from "./files.ts";
import { Table } from "./Table.tsx";

const Figure = lazily(() => import("./Figure.tsx"));

export function PythonResult({ output, task }: { output: PythonOutput; task: string }) {
  const { value } = output;
  return (
    <div className="result">
      {output.printed.length
        ? (
          <pre className="lines" tabIndex={0} aria-label="Output">
            {output.printed.map((one, place) => <span key={place} className={one.stream}>{one.text}</span>)}
          </pre>
        )
        : null}
      {output.figures.map((one, place) => <Drawn key={place} figure={one} task={task} number={place + 1} />)}
      {value?.table
        ? (
          <Table
            name="table"
            columns={value.table.columns.map((one) => one.name)}
            rows={value.table.cells}
            total={value.table.rows}
          />
        )
        : null}
      {value && !value.table && !output.figures.length
        ? <pre className="lines value" tabIndex={0} aria-label="Value">{shown(value)}</pre>
        : null}
      {output.error
        ? <pre className="lines wrong" tabIndex={0} aria-label="Error">{output.error.traceback}</pre>
        : null}
      <Files output={output} task={task} />
      {notes(output).map((note) => <p key={note} className="note">{note}</p>)}
    </div>
  );
}

function shown(value: NonNullable<PythonOutput["value"]>): string {
  if (value.text !== null) return value.text;
  return typeof value.json_value === "string" ? value.json_value : JSON.stringify(value.json_value, null, 2);
}

export function notes(output: PythonOutput): string[] {
  return [
    ...(output.cut ? ["Some of the output was left out."] : []),
    ...(["done", "error"].includes(output.status) ? [] : [`The script was ${output.status}.`]),
    ...output.left_out,
    ...output.missing.map((one) => `The package ${one.name} is missing: ${one.advice}`),
    ...(output.session.why ? [output.session.why] : []),
  ];
}

function Drawn({ figure, task, number }: { figure: PythonOutput["figures"][number]; task: string; number: number }) {
  if (figure.kind === "plotly") {
    const file = figure.files.find((one) => one.name.endsWith(".json"));
    return (
      <Boundary>
        <Suspense fallback={<div className="figure waiting" role="status">Drawing …</div>}>
          <Figure
            figure={figure.plotly}
            address={figure.plotly || !file ? undefined : addressOf(task, file)}
            name={`figure-${number}`}
          />
        </Suspense>
      </Boundary>
    );
  }
  const image = figure.files.find((one) => one.media_type === "image/png") ?? figure.files[0];
  if (!image) return null;
  return (
    <figure className="figure">
      <img src={addressOf(task, image)} alt={`Figure ${number}`} loading="lazy" />
      <figcaption className="row">
        {figure.files.map((one) => (
          <a key={one.key} className="button" href={addressOf(task, one)} download={one.name}>
            {one.media_type === "image/png" ? "PNG" : one.media_type === "image/svg+xml" ? "SVG" : one.name}
          </a>
        ))}
      </figcaption>
    </figure>
  );
}

function Files({ output, task }: { output: PythonOutput; task: string }) {
  if (!output.files.length) return null;
  return (
    <ul className="files" aria-label="Files">
      {output.files.map((one) => (
        <li key={one.path}>
          <a href={addressOf(task, one.file)} download={one.file.name}>
            <Icon name="file" size={16} /> <span>{one.path}</span> <small>{bytes(one.file.size)}</small>
          </a>
        </li>
      ))}
    </ul>
  );
}
