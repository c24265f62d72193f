// How the system stands: what it needs, its queues, its tools, its versions.

import { useState } from "react";
import { get, post, said } from "../api/http.ts";
import { useLoaded } from "../api/loaded.ts";
import type { About, Readiness, Task, Tool } from "../api/types.ts";
import { Button, Page, Problem } from "../design/parts.tsx";

const EVERY = 5000;

async function readiness(signal: AbortSignal): Promise<Readiness> {
  const answer = await fetch("/readyz", { signal }); // its 503 says what is missing
  return (await answer.json()) as Readiness;
}

export default function System({ about }: { about: About | null }) {
  const ready = useLoaded(readiness, "ready", EVERY);
  const tools = useLoaded((signal) => get<{ tools: Tool[] }>("/api/tools", signal), "tools", EVERY);
  return (
    <Page
      title="System"
      lead={about
        ? `Neuroagent ${about.version}, answered by ${about.is_builtin ? "the built-in model" : about.model}`
        : ""}
    >
      {ready.error ? <Problem>{said(ready.error)}</Problem> : null}
      {ready.value ? <Health ready={ready.value} /> : null}
      <h2>Tools</h2>
      <ul className="checks">
        {tools.value?.tools.map((one) => (
          <Check key={one.name} name={one.name} well={one.online} says={one.online ? one.description : one.why} />
        ))}
      </ul>
      <Worker />
      <p className="note">
        How deep the queues are, what the sandbox has and what everything costs isn't told here yet.
      </p>
    </Page>
  );
}

function Health({ ready }: { ready: Readiness }) {
  const queues = Object.entries(ready.queues);
  return (
    <>
      <p className={`verdict ${ready.ready ? "good" : "bad"}`} role="status">
        {ready.ready ? "All is well." : "Something is missing."}
      </p>
      <ul className="checks">
        <Check name="Database" well={ready.database === "ok"} says={ready.database} />
        <Check name="Redis" well={ready.redis === "ok"} says={ready.redis} />
        {queues.map(([name, says]) => (
          <Check key={name} name={name} well={says === "ok"} says={says === "ok" ? "a worker serves it" : says} />
        ))}
      </ul>
    </>
  );
}

function Check({ name, well, says }: { name: string; well: boolean; says: string }) {
  return (
    <li>
      <span className={`dot ${well ? "good" : "bad"}`} aria-hidden="true" />
      <strong>{name}</strong>
      <span>{well ? "" : "Not well: "}{says}</span>
    </li>
  );
}

type WorkerSays = {
  worker: string;
  redis_version: string;
  redis_ms: number;
  versions: Record<string, string>;
  families: string[];
  queues: string[];
};

function Worker() {
  const [says, setSays] = useState<WorkerSays | null>(null);
  const [trouble, setTrouble] = useState("");
  const look = async () => {
    setTrouble("");
    try {
      const task = await post<Task>("/api/tools/check_worker/run?wait=20", { arguments: {} });
      if (task.state === "done") setSays(task.output as WorkerSays);
      else setTrouble(task.failure?.message ?? `No worker has answered yet; the look is ${task.state}.`);
    } catch (error) {
      setTrouble(said(error));
    }
  };
  return (
    <section>
      <h2>Workers</h2>
      <Button onClick={look}>Ask a worker how it is</Button>
      {trouble ? <Problem>{trouble}</Problem> : null}
      {says
        ? (
          <dl className="facts-list">
            <div>
              <dt>Worker</dt>
              <dd>{says.worker}</dd>
            </div>
            <div>
              <dt>Families</dt>
              <dd>{says.families.join(", ")}</dd>
            </div>
            <div>
              <dt>Queues</dt>
              <dd>{says.queues.join(", ")}</dd>
            </div>
            <div>
              <dt>Redis</dt>
              <dd>{says.redis_version}, {says.redis_ms.toFixed(1)} ms away</dd>
            </div>
            {Object.entries(says.versions).map(([name, version]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{version}</dd>
              </div>
            ))}
          </dl>
        )
        : null}
    </section>
  );
}
