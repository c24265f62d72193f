// A figure's data as CSV: a row for each point, with the name of its trace.

import type { Cell, PlotlyFigure } from "../api/types.ts";
import { csv } from "./tables.ts";

type Packed = { dtype: string; bdata: string };
const KINDS: Record<string, { new (buffer: ArrayBuffer): ArrayLike<number> }> = {
  i1: Int8Array,
  u1: Uint8Array,
  i2: Int16Array,
  u2: Uint16Array,
  i4: Int32Array,
  u4: Uint32Array,
  f4: Float32Array,
  f8: Float64Array,
};

/** Plotly's Python side packs arrays as base64. */
export function unpacked(values: unknown): Cell[] {
  if (Array.isArray(values)) {
    return values.map((one) => (typeof one === "object" && one !== null ? JSON.stringify(one) : one));
  }
  const { dtype, bdata } = (values ?? {}) as Partial<Packed>;
  const kind = dtype ? KINDS[dtype.replace(/^[<|=]/, "")] : undefined;
  if (!kind || typeof bdata !== "string") return [];
  const bytes = Uint8Array.from(atob(bdata), (one) => one.charCodeAt(0));
  return Array.from(new kind(bytes.buffer));
}

export function figureCsv(figure: PlotlyFigure): string {
  const traces = (figure.data ?? []) as Record<string, unknown>[];
  const names = ["x", "y", "z", "labels", "values", "text"].filter((name) =>
    traces.some((one) => unpacked(one[name]).length)
  );
  const rows = traces.flatMap((trace, place) => {
    const held = names.map((name) => unpacked(trace[name]));
    const length = Math.max(0, ...held.map((one) => one.length));
    const title = String(trace.name ?? `trace ${place + 1}`);
    return Array.from({ length }, (_, at): Cell[] => [title, ...held.map((one) => one[at] ?? null)]);
  });
  return csv(["trace", ...names], rows);
}
