// Every task there is: how it stands, and what can be done about it.

import { useState } from "react";
import { get, said } from "../api/http.ts";
import { useLoaded } from "../api/loaded.ts";
import type { Task } from "../api/types.ts";
import { Button, Empty, Page, Problem, StateBadge } from "../design/parts.tsx";
import { ago, between } from "../design/words.ts";
import { Link } from "../router.tsx";
import { Job } from "./Job.tsx";

type TaskPage = { tasks: Task[]; next: string | null };
const STATES = [
  "",
  "queued",
  "running",
  "waiting_input",
  "retrying",
  "done",
  "failed",
  "dead",
  "cancelled",
  "timed_out",
];
const EVERY = 3000;

export default function Jobs({ open }: { open: string | null }) {
  if (open) return <Job key={open} id={open} />;
  return <JobList />;
}

function JobList() {
  const [state, setState] = useState("");
  const [pages, setPages] = useState<string[]>([]);
  const before = pages.at(-1) ?? "";
  const query = new URLSearchParams({ limit: "50", ...(state && { state }), ...(before && { before }) }).toString();
  const { value, error } = useLoaded((signal) => get<TaskPage>(`/api/tasks?${query}`, signal), query, EVERY);
  const choose = (wanted: string) => {
    setState(wanted);
    setPages([]);
  };
  const filter = (
    <label className="field">
      <span>State</span>
      <select value={state} onChange={(event) => choose(event.target.value)}>
        {STATES.map((one) => <option key={one} value={one}>{one ? one.replace("_", " ") : "all"}</option>)}
      </select>
    </label>
  );
  return (
    <Page title="Jobs" lead="What the workers do and have done for you, newest first." actions={filter}>
      {error ? <Problem>{said(error)}</Problem> : null}
      {value?.tasks.length === 0
        ? (
          <Empty title="No jobs">
            <p>Whatever a tool does shows up here.</p>
          </Empty>
        )
        : null}
      {value?.tasks.length ? <Rows tasks={value.tasks} /> : null}
      <p className="row">
        {pages.length ? <Button onClick={() => setPages(pages.slice(0, -1))}>Newer</Button> : null}
        {value?.next ? <Button onClick={() => setPages([...pages, value.next ?? ""])}>Older</Button> : null}
      </p>
    </Page>
  );
}

function Rows({ tasks }: { tasks: Task[] }) {
  return (
    <div className="wide sheet" tabIndex={0} role="region" aria-label="Jobs">
      <table>
        <thead>
          <tr>
            <th scope="col">Task</th>
            <th scope="col">State</th>
            <th scope="col">Queue</th>
            <th scope="col" className="number">Attempts</th>
            <th scope="col">Asked</th>
            <th scope="col" className="number">Took</th>
          </tr>
        </thead>
        <tbody>
          {tasks.map((one) => (
            <tr key={one.id}>
              <td>
                <Link href={`/jobs/${one.id}`}>{one.name}</Link>
              </td>
              <td>
                <StateBadge state={one.state} />
              </td>
              <td>{one.queue}</td>
              <td className="number">{one.attempts}</td>
              <td>
                <time dateTime={one.created_at} title={new Date(one.created_at).toLocaleString()}>
                  {ago(one.created_at)}
                </time>
              </td>
              <td className="number">{between(one.created_at, one.ended_at) || "–"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
