// The list of threads, shared by the sidebar and the conversation.

import { useSyncExternalStore } from "react";
import { call, get, post, said } from "../api/http.ts";
import type { Thread } from "../api/types.ts";
import { toast } from "../design/toasts.tsx";
import { go } from "../router.tsx";

type Page = { threads: Thread[]; next: string | null };
type List = { threads: Thread[]; next: string | null; error: string; loaded: boolean };

let list: List = { threads: [], next: null, error: "", loaded: false };
const readers = new Set<() => void>();

function tell(news: Partial<List>): void {
  list = { ...list, ...news };
  for (const reader of readers) reader();
}

function listen(reader: () => void): () => void {
  readers.add(reader);
  return () => readers.delete(reader);
}

export const useThreads = (): List => useSyncExternalStore(listen, () => list);

export async function loadThreads(): Promise<void> {
  try {
    tell({ ...(await get<Page>("/api/threads?limit=100")), error: "", loaded: true });
  } catch (error) {
    tell({ error: said(error) });
  }
}

export async function loadMore(): Promise<void> {
  if (!list.next) return;
  const more = await get<Page>(`/api/threads?limit=100&before=${encodeURIComponent(list.next)}`);
  const known = new Set(list.threads.map((one) => one.id));
  tell({ threads: [...list.threads, ...more.threads.filter((one) => !known.has(one.id))], next: more.next });
}

export async function change(id: string, news: Partial<Pick<Thread, "title" | "pinned" | "head" | "tools">>) {
  const thread = await call<Thread>("PATCH", `/api/threads/${id}`, news);
  tell({ threads: list.threads.map((one) => (one.id === id ? { ...one, ...thread } : one)) });
}

export async function remove(thread: Thread, isOpen: boolean): Promise<void> {
  try {
    await call("DELETE", `/api/threads/${thread.id}`);
  } catch (error) {
    toast(said(error));
    return;
  }
  tell({ threads: list.threads.filter((one) => one.id !== thread.id) });
  if (isOpen) go("/");
  toast(`“${thread.title || "Untitled"}” was deleted.`, {
    label: "Undo",
    run: async () => {
      await post(`/api/threads/${thread.id}/restore`);
      await loadThreads();
      if (isOpen) go(`/chat/${thread.id}`);
    },
  });
}

/** Pinned ones first; within both, those used last. */
export function inOrder(threads: Thread[]): Thread[] {
  const latest = [...threads].sort((a, b) => b.updated_at.localeCompare(a.updated_at));
  return [...latest.filter((one) => one.pinned), ...latest.filter((one) => !one.pinned)];
}
