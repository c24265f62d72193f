// One task: its state, its log as it is written, its answer.

import { useEffect, useState } from "react";
import { get, post, said } from "../api/http.ts";
import { useLoaded } from "../api/loaded.ts";
import type { Task, TaskEvent } from "../api/types.ts";
import { Button, CopyButton, Meter, Page, Problem, StateBadge } from "../design/parts.tsx";
import { toast } from "../design/toasts.tsx";
import { between, plural } from "../design/words.ts";
import { Result } from "../results/Result.tsx";
import { Link } from "../router.tsx";
import { type Told, useTold } from "./events.ts";

const ENDED = ["done", "failed", "dead", "cancelled", "timed_out"];
const RETRIABLE = ["failed", "dead", "timed_out"];

export function Job({ id }: { id: string }) {
  const [round, setRound] = useState(0);
  const { value: task, error, reload } = useLoaded((signal) => get<Task>(`/api/tasks/${id}?wait=0`, signal), id);
  const told = useTold(id, round);
  useEffect(() => void reload(), [told.events.length, reload]);
  const deed = async (what: "cancel" | "retry") => {
    try {
      await post(`/api/tasks/${id}/${what}`);
      if (what === "retry") setRound(round + 1);
    } catch (trouble) {
      toast(said(trouble));
    }
    await reload();
  };
  if (!task) {
    return (
      <Page title="Job">
        <p>{error ? null : "Loading …"}</p>
        {error ? <Problem>{said(error)}</Problem> : null}
      </Page>
    );
  }
  const actions = (
    <span className="row">
      {ENDED.includes(task.state) ? null : <Button onClick={() => deed("cancel")}>Cancel</Button>}
      {RETRIABLE.includes(task.state) ? <Button kind="main" onClick={() => deed("retry")}>Try again</Button> : null}
    </span>
  );
  return (
    <Page title={task.name} lead={<Link href="/jobs">All jobs</Link>} actions={actions}>
      <Facts task={task} />
      {task.progress && !ENDED.includes(task.state)
        ? <Meter fraction={task.progress.fraction} label="Progress" />
        : null}
      {task.failure
        ? (
          <Problem requestId={task.trace_id}>
            <p>{task.failure.message}</p>
          </Problem>
        )
        : null}
      {task.question ? <p className="banner">It waits for a person's answer.</p> : null}
      <Story told={told} />
      {task.state === "done" ? <Result kind={task.name} output={task.output} task={task.id} /> : null}
      {task.stored
        ? (
          <p>
            <a href={`/api/tasks/${id}/files/${encodeURIComponent(task.stored.name)}`} download>
              Its answer is large: download it
            </a>
          </p>
        )
        : null}
    </Page>
  );
}

function Facts({ task }: { task: Task }) {
  return (
    <dl className="facts-list">
      <div>
        <dt>State</dt>
        <dd>
          <StateBadge state={task.state} />
        </dd>
      </div>
      <div>
        <dt>Queue</dt>
        <dd>{task.queue}</dd>
      </div>
      <div>
        <dt>Attempts</dt>
        <dd>{task.attempts}</dd>
      </div>
      <div>
        <dt>Asked</dt>
        <dd>{new Date(task.created_at).toLocaleString()}</dd>
      </div>
      <div>
        <dt>Took</dt>
        <dd>{between(task.created_at, task.ended_at) || "–"}</dd>
      </div>
      {task.worker
        ? (
          <div>
            <dt>Worker</dt>
            <dd>{task.worker}</dd>
          </div>
        )
        : null}
      <div>
        <dt>Request</dt>
        <dd className="id">
          {task.trace_id}
          <CopyButton text={task.trace_id} label="Copy the request's id" />
        </dd>
      </div>
    </dl>
  );
}

function Story({ told }: { told: Told }) {
  return (
    <section className="story">
      <h2>What happened</h2>
      {told.lost ? <p className="note">The connection is lost; it goes on by itself.</p> : null}
      {told.events.length ? null : <p className="note">Nothing has been told yet, or it was more than a day ago.</p>}
      <ol>
        {told.events.map((event, place) => (
          <li key={place}>
            <StateBadge state={event.type} /> <span>{inWords(event)}</span>
          </li>
        ))}
      </ol>
      {told.output ? <pre className="lines" tabIndex={0} aria-label="Log">{told.output}</pre> : null}
    </section>
  );
}

export function inWords(event: TaskEvent): string {
  switch (event.type) {
    case "queued":
      return event.place ? `${plural(Number(event.place), "job")} before it` : "next in its queue";
    case "started":
      return `on ${event.worker}, attempt ${event.attempt}`;
    case "progress": {
      const done = typeof event.fraction === "number" ? `${Math.round(event.fraction * 100)} % ` : "";
      return `${done}${event.text ?? ""}`;
    }
    case "retrying":
    case "failed":
      return String((event.failure as { message?: string } | undefined)?.message ?? "");
    case "artifact":
      return String((event.file as { name?: string } | undefined)?.name ?? "");
    default:
      return "";
  }
}
