// A tool call that lives: queued, running, ended; its input, its output, and a way to cancel it.

import { type ReactNode, useEffect, useState } from "react";
import { post, said } from "../api/http.ts";
import type { Part, ToolNews } from "../api/types.ts";
import { Button, Meter, StateBadge } from "../design/parts.tsx";
import { toast } from "../design/toasts.tsx";
import { between, plural, seconds } from "../design/words.ts";
import { Result } from "../results/Result.tsx";
import { Link } from "../router.tsx";
import { Code } from "./Code.tsx";

export type ToolPart = {
  type: `tool-${string}`;
  toolCallId: string;
  state: string;
  input?: unknown;
  output?: unknown;
  errorText?: string;
};

const TITLES: Record<string, string> = {
  run_python: "Python",
  talk_to_df: "Question to a circuit",
  check_worker: "A look at a worker",
};

export const isToolPart = (part: Part): boolean => part.type.startsWith("tool-");

export function ToolCard({ part, news, isLive }: { part: ToolPart; news?: ToolNews; isLive: boolean }) {
  const name = part.type.slice("tool-".length);
  const state = stateOf(part, news);
  const isOpen = isLive && !["done", "failed"].includes(state);
  return (
    <section className={`tool ${state}`} aria-label={`Tool: ${TITLES[name] ?? name}`}>
      <header>
        <strong>{TITLES[name] ?? name}</strong>
        <StateBadge state={state} />
        <span className="facts">
          <Facts state={state} news={news} isOpen={isOpen} />
        </span>
        {isOpen && news?.task_id ? <Cancel task={news.task_id} /> : null}
      </header>
      {isOpen ? <Progress news={news} state={state} /> : null}
      <Input name={name} input={part.input} isWritten={part.state !== "input-streaming"} />
      {part.state === "output-available"
        ? <Result kind={name} output={part.output} task={news?.task_id ?? ""} />
        : null}
      {part.errorText ? <p className="wrong">{part.errorText}</p> : null}
    </section>
  );
}

export function stateOf(part: Pick<ToolPart, "state">, news?: ToolNews): string {
  if (part.state === "output-available") return "done";
  if (part.state === "output-error") return news?.state === "cancelled" ? "cancelled" : "failed";
  if (part.state === "input-streaming") return "writing";
  return news?.state ?? "queued";
}

function Facts({ state, news, isOpen }: { state: string; news?: ToolNews; isOpen: boolean }): ReactNode {
  const now = useClock(isOpen && state === "running");
  if (state === "queued" && news?.place) return `${plural(news.place, "job")} before it`;
  if (state === "running" && news?.started_at) return seconds((now - Date.parse(news.started_at)) / 1000);
  if (state === "retrying") return `again in ${seconds(news?.pause ?? 0)}`;
  if (!news?.task_id) return null;
  return (
    <>
      {between(news.started_at, news.ended_at)}{" "}
      {news.worker ? <span className="wide-only">on {news.worker}</span> : null}
      <Link href={`/jobs/${news.task_id}`}>job</Link>
    </>
  );
}

function useClock(ticks: boolean): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!ticks) return;
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [ticks]);
  return now;
}

function Cancel({ task }: { task: string }) {
  const [asked, setAsked] = useState(false);
  const cancel = () => {
    setAsked(true);
    post(`/api/tasks/${task}/cancel`).catch((error) => toast(said(error)));
  };
  return <Button kind="quiet" disabled={asked} onClick={cancel}>{asked ? "Cancelling …" : "Cancel"}</Button>;
}

function Progress({ news, state }: { news?: ToolNews; state: string }) {
  return (
    <div className="progress">
      {state === "running" ? <Meter fraction={news?.fraction} label="Progress" /> : null}
      {news?.text ? <p>{news.text}</p> : null}
      {state === "waiting_input" ? <p>It waits for a person's answer.</p> : null}
      {news?.output ? <pre className="lines" tabIndex={0}>{news.output}</pre> : null}
    </div>
  );
}

function Input({ name, input, isWritten }: { name: string; input: unknown; isWritten: boolean }) {
  const script = (input as { python_script?: unknown } | undefined)?.python_script;
  const isCode = name === "run_python" && typeof script === "string";
  const text = isCode ? script : JSON.stringify(input ?? {}, null, 2);
  if (!isWritten) return input ? <Code text={text} language={isCode ? "python" : "json"} /> : null;
  if (text === "{}") return null;
  return (
    <details className="input">
      <summary>{isCode ? "Show the code" : "Show the arguments"}</summary>
      <Code text={text} language={isCode ? "python" : "json"} />
    </details>
  );
}
