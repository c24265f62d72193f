// A table that sorts, filters, pages and downloads.

import { useMemo, useState } from "react";
import type { Cell } from "../api/types.ts";
import { Button, IconButton } from "../design/parts.tsx";
import { count, plural } from "../design/words.ts";
import { save } from "./files.ts";
import { csv, filtered, type Order, sorted } from "./tables.ts";

const PAGE = 10;

export const cell = (value: unknown): Cell =>
  value === null || ["string", "number", "boolean"].includes(typeof value)
    ? (value as Cell)
    : value === undefined
    ? null
    : JSON.stringify(value);

type TableProps = { name: string; columns: string[]; rows: Cell[][]; total: number };

export function Table({ name, columns, rows, total }: TableProps) {
  const [order, setOrder] = useState<Order>(null);
  const [words, setWords] = useState("");
  const [page, setPage] = useState(0);
  const found = useMemo(() => sorted(filtered(rows, words), order), [rows, words, order]);
  const pages = Math.max(1, Math.ceil(found.length / PAGE));
  const at = Math.min(page, pages - 1);
  return (
    <div className="table">
      <div className="wide" tabIndex={0} role="region" aria-label={`Table of ${plural(total, "row")}`}>
        <table>
          <thead>
            <tr>
              {columns.map((one, place) => (
                <Head key={place} name={one} place={place} order={order} onOrder={setOrder} />
              ))}
            </tr>
          </thead>
          <tbody>
            {found.slice(at * PAGE, (at + 1) * PAGE).map((row, place) => (
              <tr key={place}>{row.map((one, column) => <Value key={column} value={one} />)}</tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="table-foot">
        {rows.length > PAGE
          ? (
            <input
              type="search"
              aria-label="Filter the rows"
              placeholder="Filter"
              value={words}
              onChange={(event) => setWords(event.target.value)}
            />
          )
          : null}
        <span>
          {total > rows.length
            ? `the first ${count(rows.length)} of ${plural(total, "row")}`
            : plural(found.length, "row")}
        </span>
        {pages > 1
          ? (
            <span className="branches">
              <IconButton
                icon="left"
                label="Page before"
                size={16}
                disabled={at === 0}
                onClick={() => setPage(at - 1)}
              />
              <span>{at + 1} / {pages}</span>
              <IconButton
                icon="right"
                label="Next page"
                size={16}
                disabled={at === pages - 1}
                onClick={() =>
                  setPage(at + 1)}
              />
            </span>
          )
          : null}
        <Button
          kind="quiet"
          onClick={() =>
            save(`${name}.csv`, csv(columns, found), "text/csv")}
        >
          CSV
        </Button>
      </div>
    </div>
  );
}

type HeadProps = { name: string; place: number; order: Order; onOrder: (order: Order) => void };

function Head({ name, place, order, onOrder }: HeadProps) {
  const mine = order?.column === place ? order : null;
  const next: Order = !mine
    ? { column: place, descending: false }
    : mine.descending
    ? null
    : { column: place, descending: true };
  return (
    <th scope="col" aria-sort={mine ? (mine.descending ? "descending" : "ascending") : undefined}>
      <button type="button" onClick={() => onOrder(next)}>
        {name} <span aria-hidden="true">{mine ? (mine.descending ? "↓" : "↑") : ""}</span>
      </button>
    </th>
  );
}

function Value({ value }: { value: Cell }) {
  if (value === null) return <td className="none">–</td>;
  if (typeof value === "number") {
    return <td className="number">{Number.isInteger(value) ? count(value) : Number(value.toPrecision(6))}</td>;
  }
  return <td>{String(value)}</td>;
}
