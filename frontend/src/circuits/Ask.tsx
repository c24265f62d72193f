// A question to a circuit without a conversation around it; the next one goes on from the answer before.

import { type FormEvent, useState } from "react";
import { get, post, said } from "../api/http.ts";
import type { CircuitAnswer, Task } from "../api/types.ts";
import { Problem } from "../design/parts.tsx";
import { CircuitResult } from "../results/CircuitResult.tsx";

type Asked = { question: string; task: Task | null; error: string };
const OPEN = ["queued", "running", "retrying"];

export function Ask({ circuit, population }: { circuit: string; population: string }) {
  const [question, setQuestion] = useState(() => new URLSearchParams(location.search).get("ask") ?? "");
  const [asked, setAsked] = useState<Asked[]>([]);
  const busy = asked[0] !== undefined && !asked[0].task && !asked[0].error;

  const ask = async (words: string) => {
    const after = asked.find((one) => one.task?.state === "done")?.task?.id;
    const news = (one: Partial<Asked>) =>
      setAsked((before) => before.map((old, place) => (place ? old : { ...old, ...one })));
    setQuestion("");
    setAsked((before) => [{ question: words, task: null, error: "" }, ...before]);
    try {
      const { id } = await post<{ id: string }>(`/api/circuits/${circuit}/questions`, {
        question: words,
        population,
        ...(after && { after }),
      });
      let task = await get<Task>(`/api/tasks/${id}?wait=30`);
      while (OPEN.includes(task.state)) task = await get<Task>(`/api/tasks/${id}?wait=30`);
      news({ task, error: task.failure?.message ?? (task.state === "done" ? "" : `The question was ${task.state}.`) });
    } catch (error) {
      news({ error: said(error) });
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (question.trim() && !busy) ask(question.trim());
  };
  return (
    <section aria-label="Questions">
      <form className="ask" onSubmit={submit}>
        <input
          aria-label="Question"
          placeholder="How many excitatory neurons per layer?"
          value={question}
          maxLength={2000}
          onChange={(event) => setQuestion(event.target.value)}
        />
        <button className="button main" type="submit" disabled={busy || !question.trim()}>Ask</button>
      </form>
      {asked.map((one, place) => (
        <article className="answer" key={asked.length - place}>
          <h3>{one.question}</h3>
          {!one.task && !one.error ? <p role="status">Looking …</p> : null}
          {one.error
            ? (
              <Problem>
                <p>{one.error}</p>
              </Problem>
            )
            : null}
          {one.task?.state === "done"
            ? <CircuitResult answer={one.task.output as CircuitAnswer} task={one.task.id} onAsk={ask} />
            : null}
        </article>
      ))}
    </section>
  );
}
