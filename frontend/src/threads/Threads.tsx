// The threads in the sidebar: open, rename, pin, delete.

import { type KeyboardEvent, useEffect, useState } from "react";
import { said } from "../api/http.ts";
import type { Thread } from "../api/types.ts";
import { Button, IconButton } from "../design/parts.tsx";
import { toast } from "../design/toasts.tsx";
import { Link } from "../router.tsx";
import { change, inOrder, loadMore, loadThreads, remove, useThreads } from "./store.ts";

export function Threads({ open, onChosen }: { open: string | null; onChosen: () => void }) {
  const { threads, next, error, loaded } = useThreads();
  useEffect(() => {
    loadThreads();
    const back = () => document.hidden || loadThreads();
    document.addEventListener("visibilitychange", back);
    return () => document.removeEventListener("visibilitychange", back);
  }, []);
  return (
    <nav className="threads" aria-label="Threads">
      {error
        ? (
          <p className="note bad">
            {error} <Button kind="quiet" onClick={loadThreads}>Try again</Button>
          </p>
        )
        : null}
      {loaded && threads.length === 0 ? <p className="note">Your conversations will be listed here.</p> : null}
      <ul>
        {inOrder(threads).map((one) => (
          <Entry
            key={one.id}
            thread={one}
            isOpen={one.id === open}
            onChosen={onChosen}
          />
        ))}
      </ul>
      {next ? <Button kind="quiet" onClick={loadMore}>Older ones</Button> : null}
    </nav>
  );
}

function Entry({ thread, isOpen, onChosen }: { thread: Thread; isOpen: boolean; onChosen: () => void }) {
  const [naming, setNaming] = useState(false);
  const title = thread.title || "Untitled";
  const doing = (what: Promise<void>) => what.catch((error) => toast(said(error)));
  if (naming) return <Naming thread={thread} onEnd={() => setNaming(false)} />;
  return (
    <li className={isOpen ? "open" : ""}>
      <Link href={`/chat/${thread.id}`} aria-current={isOpen ? "page" : undefined} onClick={onChosen} title={title}>
        {title}
      </Link>
      <span className="deeds">
        <IconButton icon="pencil" label={`Rename “${title}”`} size={15} onClick={() => setNaming(true)} />
        <IconButton
          icon="pin"
          label={`${thread.pinned ? "Unpin" : "Pin"} “${title}”`}
          aria-pressed={thread.pinned}
          size={15}
          onClick={() => doing(change(thread.id, { pinned: !thread.pinned }))}
        />
        <IconButton icon="bin" label={`Delete “${title}”`} size={15} onClick={() => remove(thread, isOpen)} />
      </span>
    </li>
  );
}

function Naming({ thread, onEnd }: { thread: Thread; onEnd: () => void }) {
  const [title, setTitle] = useState(thread.title);
  const keep = () => {
    onEnd();
    const wished = title.trim();
    if (wished && wished !== thread.title) change(thread.id, { title: wished }).catch((error) => toast(said(error)));
  };
  const key = (event: KeyboardEvent) => {
    if (event.key === "Enter") keep();
    if (event.key === "Escape") onEnd();
  };
  return (
    <li>
      <input
        aria-label="The thread's name"
        value={title}
        maxLength={200}
        ref={(field) => field?.focus()}
        onChange={(event) => setTitle(event.target.value)}
        onKeyDown={key}
        onBlur={keep}
      />
    </li>
  );
}
