// What the app sends, as far as the page reads it.

import type { UIMessage } from "ai";

export type Run = { id: string; state: string; question: string; answer: string };
export type Thread = {
  id: string;
  title: string;
  pinned: boolean;
  head: string | null;
  tools: string[] | null;
  updated_at: string;
  runs: Run[];
};
export type StoredMessage = {
  id: string;
  parent: string | null;
  role: "user" | "assistant";
  state: "complete" | "stopped" | "failed" | "interrupted";
  parts: Message["parts"];
  model: string;
  created_at: string;
};
export type MessageTree = { messages: StoredMessage[]; branch: string[] };

export type ToolNews = {
  task_id: string;
  state?: string;
  place?: number;
  worker?: string;
  attempt?: number;
  started_at?: string;
  ended_at?: string;
  fraction?: number | null;
  text?: string;
  output?: string;
  pause?: number;
  question?: unknown;
};
export type Metadata = { runId?: string; threadId?: string };
export type Message = UIMessage<Metadata, { tool: ToolNews }>;
export type Part = Message["parts"][number];

export type Failure = { code: string; message: string };
export type Task = {
  id: string;
  name: string;
  queue: string;
  state: string;
  attempts: number;
  worker: string | null;
  progress: { fraction: number | null; text: string } | null;
  output: unknown;
  stored: StoredFile | null;
  failure: Failure | null;
  question: unknown;
  trace_id: string;
  created_at: string;
  ended_at: string | null;
};
export type TaskEvent = { type: string; [field: string]: unknown };

export type StoredFile = { key: string; name: string; media_type: string; size: number };

export type PlotlyFigure = { data?: unknown[]; layout?: Record<string, unknown> };
export type Cell = string | number | boolean | null;

export type PythonOutput = {
  status: string;
  stdout: string;
  stderr: string;
  printed: { stream: "stdout" | "stderr"; text: string }[];
  cut: boolean;
  value: {
    json_value: unknown;
    text: string | null;
    table: { columns: { name: string; type: string }[]; cells: Cell[][]; rows: number } | null;
  } | null;
  error: { type: string; message: string; traceback: string; line: number | null } | null;
  figures: { kind: "plotly" | "matplotlib"; plotly: PlotlyFigure | null; files: StoredFile[] }[];
  files: { path: string; change: string; file: StoredFile }[];
  left_out: string[];
  missing: { name: string; advice: string }[];
  session: { why: string };
  times: { run: number; total: number };
};
export type CircuitAnswer = {
  outcome: "answered" | "clarify" | "abstained";
  sentence: string;
  columns: string[];
  rows: Record<string, unknown>[];
  row_count: number;
  truncated: boolean;
  sql: string;
  source: string | null;
  reading: string;
  seconds: number;
  chart: PlotlyFigure | null;
  file: StoredFile | null;
  population: string;
  choices: { label: string; question: string }[];
  suggestions: string[];
};

export type Column = {
  name: string;
  type: string;
  origin: string;
  missing: number;
  distinct: number | null;
  values: { value: Cell; count: number }[];
  minimum: Cell;
  maximum: Cell;
  mean: number | null;
};
export type LeftOut = { what: string; why: string };
export type Population = { name: string; rows: number; columns: Column[]; skipped: LeftOut[] };
export type Circuit = {
  id: string;
  name: string;
  source: string;
  bytes: number | null;
  state: "uploading" | "registered" | "describing" | "ready" | "failed";
  reason: string;
  task_id: string | null;
  created_at: string;
  description: { populations: Population[]; skipped: LeftOut[]; seconds: number } | null;
};

export type Tool = { name: string; description: string; task: string; queue: string; online: boolean; why: string };
export type About = { version: string; model: string; is_builtin: boolean };
export type Readiness = { ready: boolean; database: string; redis: string; queues: Record<string, string> };
