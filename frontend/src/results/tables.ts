// A table in hand: sorted, filtered, and as a file.

import type { Cell } from "../api/types.ts";

export type Order = { column: number; descending: boolean } | null;

function compare(a: Cell, b: Cell): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), undefined, { numeric: true });
}

/** What is missing comes last, whichever way. */
export function sorted(rows: Cell[][], order: Order): Cell[][] {
  if (!order) return rows;
  const { column, descending } = order;
  return [...rows].sort((one, other) => {
    const [a = null, b = null] = [one[column], other[column]];
    if (a === null || b === null) return compare(a, b);
    return descending ? compare(b, a) : compare(a, b);
  });
}

export function filtered(rows: Cell[][], words: string): Cell[][] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  if (!wanted.length) return rows;
  return rows.filter((row) => {
    const text = row.map((one) => String(one ?? "")).join("\u0000").toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}

/** RFC 4180; a text that a spreadsheet would take for a formula is led by an apostrophe. */
export function csv(columns: string[], rows: Cell[][]): string {
  return [columns, ...rows].map((row) => row.map(field).join(",")).join("\r\n") + "\r\n";
}

function field(value: Cell | undefined): string {
  if (value === null || value === undefined) return "";
  const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
