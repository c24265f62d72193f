// The answer to a question: a sentence, a chart, a table, and how it was found.

import { Suspense } from "react";
import type { CircuitAnswer } from "../api/types.ts";
import { Code } from "../chat/Code.tsx";
import { Button } from "../design/parts.tsx";
import { Boundary, lazily } from "../design/lazily.tsx";
import { bytes } from "../design/words.ts";
import { addressOf } from "./files.ts";
import { cell, Table } from "./Table.tsx";

const Figure = lazily(() => import("./Figure.tsx"));

type CircuitResultProps = { answer: CircuitAnswer; task: string; onAsk?: (question: string) => void };

export function CircuitResult({ answer, task, onAsk }: CircuitResultProps) {
  const rows = answer.rows.map((row) => answer.columns.map((name) => cell(row[name])));
  return (
    <div className="result">
      {answer.sentence ? <p className="sentence">{answer.sentence}</p> : null}
      {answer.choices.length ? <Questions questions={answer.choices.map((one) => one.question)} onAsk={onAsk} /> : null}
      {answer.chart
        ? (
          <Boundary>
            <Suspense fallback={<div className="figure waiting" role="status">Drawing …</div>}>
              <Figure figure={answer.chart} name="chart" />
            </Suspense>
          </Boundary>
        )
        : null}
      {rows.length ? <Table name="answer" columns={answer.columns} rows={rows} total={answer.row_count} /> : null}
      {answer.file
        ? (
          <p>
            <a href={addressOf(task, answer.file)} download={answer.file.name}>
              The whole answer, {bytes(answer.file.size)}
            </a>
          </p>
        )
        : null}
      {answer.reading || answer.sql ? <How answer={answer} /> : null}
      {answer.suggestions.length ? <Questions questions={answer.suggestions} onAsk={onAsk} /> : null}
    </div>
  );
}

function How({ answer }: { answer: CircuitAnswer }) {
  return (
    <details className="input">
      <summary>Show how it was found</summary>
      {answer.reading ? <p className="note">{answer.reading}</p> : null}
      {answer.sql ? <Code text={answer.sql} language="sql" /> : null}
    </details>
  );
}

function Questions({ questions, onAsk }: { questions: string[]; onAsk?: (question: string) => void }) {
  return (
    <ul className="questions" aria-label="Questions to ask">
      {questions.map((one) => <li key={one}>{onAsk ? <Button onClick={() => onAsk(one)}>{one}</Button> : one}</li>)}
    </ul>
  );
}
