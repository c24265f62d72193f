// A thread is a tree: which messages are shown, and which stand beside each of them.

import type { Message, MessageTree, Run, StoredMessage } from "../api/types.ts";

export type Siblings = { ids: string[]; place: number };

/** From the first message to this one. */
export function pathTo(messages: StoredMessage[], leaf: string | null): StoredMessage[] {
  const byId = new Map(messages.map((one) => [one.id, one]));
  const path: StoredMessage[] = [];
  let at = leaf;
  while (at !== null) {
    const message = byId.get(at);
    if (!message) break;
    byId.delete(at);
    path.push(message);
    at = message.parent;
  }
  return path.reverse();
}

/** While an answer is under way, the branch that its question ends; else the one that the thread has open. */
export function shownBranch(tree: MessageTree, runs: Run[]): StoredMessage[] {
  const running = runs[0];
  if (running) return pathTo(tree.messages, running.question);
  return pathTo(tree.messages, tree.branch.at(-1) ?? null);
}

export function siblingsOf(messages: StoredMessage[], id: string): Siblings {
  const message = messages.find((one) => one.id === id);
  if (!message) return { ids: [id], place: 0 };
  const ids = messages.filter((one) => one.parent === message.parent && one.role === message.role).map((one) => one.id);
  return { ids, place: ids.indexOf(id) };
}

/** The end of the branch that this message is in: its last child's last child, and so on. */
export function lastBelow(messages: StoredMessage[], id: string): string {
  const seen = new Set<string>();
  let at = id;
  while (!seen.has(at)) {
    seen.add(at);
    const below = messages.filter((one) => one.parent === at).at(-1);
    if (!below) return at;
    at = below.id;
  }
  return at;
}

export const asShown = ({ id, role, parts }: StoredMessage): Message => ({ id, role, parts });

export function textOf(message: Pick<Message, "parts">): string {
  return message.parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n\n");
}
