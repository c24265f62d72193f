// What is told of a task, live; a lost connection is taken up where it was.

import { useEffect, useState } from "react";
import type { TaskEvent } from "../api/types.ts";

const KINDS = [
  "queued",
  "started",
  "progress",
  "log",
  "artifact",
  "retrying",
  "waiting_input",
  "done",
  "failed",
  "cancelled",
];
const ENDINGS = ["done", "failed", "cancelled"];
const MOST = 500;

export type Told = { events: TaskEvent[]; output: string; ended: boolean; lost: boolean };
export const SILENCE: Told = { events: [], output: "", ended: false, lost: false };

export function heard(before: Told, event: TaskEvent): Told {
  const output = event.type === "log" ? (before.output + String(event.text)).slice(-100_000) : before.output;
  const events = event.type === "log" ? before.events : [...before.events, event].slice(-MOST);
  return { events, output, ended: before.ended || ENDINGS.includes(event.type), lost: false };
}

export function useTold(task: string, round: number): Told {
  const [told, setTold] = useState(SILENCE);
  useEffect(() => {
    setTold(SILENCE);
    const source = new EventSource(`/api/tasks/${task}/events`);
    const hear = (event: MessageEvent<string>) => {
      const news = JSON.parse(event.data) as TaskEvent;
      setTold((before) => heard(before, news));
      if (ENDINGS.includes(news.type)) source.close();
    };
    for (const kind of KINDS) source.addEventListener(kind, hear as EventListener);
    source.onerror = () => setTold((before) => ({ ...before, lost: !before.ended }));
    return () => source.close();
  }, [task, round]);
  return told;
}
