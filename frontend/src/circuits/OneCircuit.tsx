// One circuit: what is in it, and questions to it.

import { useEffect, useState } from "react";
import { call, get, said } from "../api/http.ts";
import { useLoaded } from "../api/loaded.ts";
import type { Circuit, Column, LeftOut, Population } from "../api/types.ts";
import { Button, Page, Problem, StateBadge } from "../design/parts.tsx";
import { toast } from "../design/toasts.tsx";
import { bytes, count, plural } from "../design/words.ts";
import { go, Link } from "../router.tsx";
import { Ask } from "./Ask.tsx";

const MOST_BARS = 12;
const PATIENCE = 20;

export function OneCircuit({ id }: { id: string }) {
  const { value: circuit, error, reload } = useLoaded(
    (signal) => get<Circuit>(`/api/circuits/${id}?wait=${PATIENCE}`, signal),
    id,
  );
  const first = useLoaded((signal) => get<Circuit>(`/api/circuits/${id}`, signal), id).value;
  const seen = circuit ?? first;
  useEffect(() => {
    if (circuit?.state === "describing") reload();
  }, [circuit, reload]);
  const [sure, setSure] = useState(false);
  const remove = async () => {
    if (!sure) return setSure(true);
    try {
      await call("DELETE", `/api/circuits/${id}`);
      go("/circuits");
    } catch (trouble) {
      toast(said(trouble));
    }
  };
  if (!seen) return <Page title="Circuit">{error ? <Problem>{said(error)}</Problem> : <p>Loading …</p>}</Page>;
  return (
    <Page
      title={seen.name}
      lead={<Link href="/circuits">All circuits</Link>}
      actions={
        <Button kind={sure ? "bad" : "plain"} onClick={remove} onBlur={() => setSure(false)}>
          {sure ? "Delete for good?" : "Delete"}
        </Button>
      }
    >
      <p className="row">
        <StateBadge state={seen.state} />
        {seen.bytes ? <span>{bytes(seen.bytes)}</span> : null}
        {seen.task_id ? <Link href={`/jobs/${seen.task_id}`}>the job that read it</Link> : null}
      </p>
      {seen.reason
        ? (
          <Problem>
            <p>{seen.reason}</p>
          </Problem>
        )
        : null}
      {seen.state === "describing" ? <p role="status">It is being read …</p> : null}
      {seen.description ? <Inside circuit={seen} /> : null}
    </Page>
  );
}

function Inside({ circuit }: { circuit: Circuit }) {
  const populations = circuit.description?.populations ?? [];
  const [name, setName] = useState(populations[0]?.name ?? "");
  const open = populations.find((one) => one.name === name);
  return (
    <>
      <Ask circuit={circuit.id} population={name} />
      <h2>What is in it</h2>
      <div className="row tabs" role="group" aria-label="Populations">
        {populations.map((one) => (
          <Button
            key={one.name}
            aria-pressed={one.name === name}
            onClick={() => setName(one.name)}
          >
            {one.name} <small>{count(one.rows)}</small>
          </Button>
        ))}
      </div>
      {open ? <Columns population={open} /> : null}
      <Skipped what={[...(circuit.description?.skipped ?? []), ...(open?.skipped ?? [])]} />
    </>
  );
}

function Columns({ population }: { population: Population }) {
  return (
    <ul className="columns" aria-label={`Columns of ${population.name}`}>
      {population.columns.map((one) => <OneColumn key={one.name} column={one} rows={population.rows} />)}
    </ul>
  );
}

function OneColumn({ column, rows }: { column: Column; rows: number }) {
  const bars = [...column.values].sort((a, b) => b.count - a.count).slice(0, MOST_BARS);
  const most = Math.max(1, ...bars.map((one) => one.count));
  const missing = column.missing ? `, ${Math.round((100 * column.missing) / Math.max(1, rows))} % missing` : "";
  return (
    <li>
      <h3>{column.name}</h3>
      <small>{column.type}{column.distinct === null ? "" : `, ${plural(column.distinct, "value")}`}{missing}</small>
      {column.minimum !== null && column.type !== "text"
        ? (
          <p className="range">
            {short(column.minimum)} … {short(column.maximum)}
            {column.mean === null ? "" : `, mean ${short(column.mean)}`}
          </p>
        )
        : null}
      {(column.distinct ?? Infinity) <= rows / 2 || column.type === "text"
        ? (
          <ul className="bars">
            {bars.map((one) => (
              <li key={String(one.value)}>
                <span style={{ inlineSize: `${(100 * one.count) / most}%` }} />
                <b>{String(one.value)}</b>
                <i>{count(one.count)}</i>
              </li>
            ))}
          </ul>
        )
        : null}
    </li>
  );
}

const short = (value: unknown) => (typeof value === "number" ? String(Number(value.toPrecision(4))) : String(value));

function Skipped({ what }: { what: LeftOut[] }) {
  if (!what.length) return null;
  return (
    <details>
      <summary>{plural(what.length, "thing")} could not be read</summary>
      <ul>
        {what.map((one) => (
          <li key={one.what}>
            <code>{one.what}</code>: {one.why}
          </li>
        ))}
      </ul>
    </details>
  );
}
