// Where a file of a task is fetched from.

import type { StoredFile } from "../api/types.ts";

export function addressOf(task: string, file: StoredFile): string {
  const name = file.key.startsWith(`tasks/${task}/`) ? file.key.slice(`tasks/${task}/`.length) : file.name;
  return `/api/tasks/${task}/files/${encodeURIComponent(name)}`;
}

export function save(name: string, text: string, type: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
