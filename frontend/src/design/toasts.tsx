// Short news at the edge of the page, with a way back where there is one.

import { useEffect, useSyncExternalStore } from "react";
import { Button, IconButton } from "./parts.tsx";

type Toast = { id: number; text: string; action?: { label: string; run: () => void } };

let shown: Toast[] = [];
let next = 1;
const readers = new Set<() => void>();

function tell(toasts: Toast[]): void {
  shown = toasts;
  for (const reader of readers) reader();
}

export function toast(text: string, action?: Toast["action"]): void {
  tell([...shown.slice(-2), { id: next++, text, action }]);
}

const dismiss = (id: number) => tell(shown.filter((one) => one.id !== id));

function listen(reader: () => void): () => void {
  readers.add(reader);
  return () => readers.delete(reader);
}

export function Toasts() {
  const toasts = useSyncExternalStore(listen, () => shown);
  return (
    <div className="toasts" role="status">
      {toasts.map((one) => <Shown key={one.id} toast={one} />)}
    </div>
  );
}

function Shown({ toast: { id, text, action } }: { toast: Toast }) {
  useEffect(() => {
    const timer = setTimeout(() => dismiss(id), 8000);
    return () => clearTimeout(timer);
  }, [id]);
  const run = () => {
    dismiss(id);
    action?.run();
  };
  return (
    <div className="toast">
      <span>{text}</span>
      {action ? <Button kind="quiet" onClick={run}>{action.label}</Button> : null}
      <IconButton icon="close" label="Dismiss" size={14} onClick={() => dismiss(id)} />
    </div>
  );
}
