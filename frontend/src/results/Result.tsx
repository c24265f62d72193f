// What a tool or a task brought back, in the form that suits it.

import type { CircuitAnswer, PythonOutput } from "../api/types.ts";
import { Code } from "../chat/Code.tsx";
import { CircuitResult } from "./CircuitResult.tsx";
import { PythonResult } from "./PythonResult.tsx";

export function Result({ kind, output, task }: { kind: string; output: unknown; task: string }) {
  if (output === null || output === undefined) return null;
  if (kind.startsWith("run_python") && isObject(output)) {
    return <PythonResult output={output as PythonOutput} task={task} />;
  }
  if (kind === "talk_to_df" && isObject(output)) return <CircuitResult answer={output as CircuitAnswer} task={task} />;
  return (
    <details className="input">
      <summary>Show the answer</summary>
      <Code text={JSON.stringify(output, null, 2)} language="json" />
    </details>
  );
}

const isObject = (value: unknown): boolean => typeof value === "object" && value !== null;
