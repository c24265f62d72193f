// The conversation: its messages, what waits, and the field to write in.

import { useEffect, useState } from "react";
import type { About } from "../api/types.ts";
import { Button, Empty, Problem } from "../design/parts.tsx";
import { go, Link } from "../router.tsx";
import { useThreads } from "../threads/store.ts";
import { Composer } from "./Composer.tsx";
import { type Conversation, useConversation } from "./conversation.ts";
import { MessageRow } from "./MessageRow.tsx";
import { Scroller } from "./Scroller.tsx";
import { Start } from "./Start.tsx";
import { textOf } from "./tree.ts";

const AT_ONCE = 60; // messages drawn at first; more come as one scrolls up

type ChatProps = { threadId: string; isNew: boolean; about: About | null };

export function Chat({ threadId, isNew, about }: ChatProps) {
  const talk = useConversation(threadId, isNew);
  const [draft, setDraft] = useState("");
  const title = useThreads().threads.find((one) => one.id === threadId)?.title;
  useEffect(() => {
    document.title = title ? `${title} · Neuroagent` : "Neuroagent";
  }, [title]);

  useEffect(() => {
    const later = setTimeout(() => void import("./Markdown.tsx").catch(() => {}), 1000); // before an answer needs it
    return () => clearTimeout(later);
  }, []);

  const ask = async (text: string) => {
    if (isNew) go(`/chat/${threadId}`, { replace: true });
    await talk.ask(text);
  };

  if (talk.trouble === "missing") {
    return (
      <Empty title="This thread isn't there">
        <p>It was deleted, or it is somebody else's.</p>
        <Link className="button main" href="/">New thread</Link>
      </Empty>
    );
  }
  const isEmpty = talk.loaded && talk.messages.length === 0 && !talk.busy;
  return (
    <div className="chat">
      <h1 className="unseen">{title || "New thread"}</h1>
      {isEmpty ? <Start about={about} onAsk={ask} onDraft={setDraft} /> : <Messages talk={talk} />}
      <div className="foot">
        <Banner talk={talk} />
        <Waiting talk={talk} />
        {talk.unsent ? <Unsent talk={talk} onEdit={setDraft} /> : null}
        <Composer
          draft={draft}
          onDraft={setDraft}
          onAsk={ask}
          onStop={talk.stop}
          busy={talk.busy}
          threadId={threadId}
        />
        <p className="fine">
          {about?.is_builtin ? "The built-in model answers: it runs what it is told to run, and can't chat. " : ""}
          {about && !about.is_builtin ? `${about.model} answers; it can be wrong. ` : ""}
          <span className="wide-only">Enter sends, Shift+Enter makes a line.</span>
        </p>
      </div>
      <Spoken talk={talk} />
    </div>
  );
}

function Messages({ talk }: { talk: Conversation }) {
  const [shown, setShown] = useState(AT_ONCE);
  const from = Math.max(0, talk.messages.length - shown);
  const last = talk.messages.at(-1);
  const waits = talk.busy && last?.role === "user";
  return (
    <Scroller onTop={from > 0 ? () => setShown(shown + AT_ONCE) : undefined}>
      {talk.loaded ? null : <p className="loading" role="status">Loading …</p>}
      <ol className="messages">
        {talk.messages.slice(from).map((message) => (
          <MessageRow key={message.id} message={message} talk={talk} isLast={message.id === last?.id} />
        ))}
      </ol>
      {waits
        ? (
          <div className="thinking" aria-hidden="true">
            <i />
            <i />
            <i />
          </div>
        )
        : null}
    </Scroller>
  );
}

function Banner({ talk }: { talk: Conversation }) {
  if (talk.trouble !== "offline") return null;
  return (
    <p className="banner" role="status">
      The connection is lost. Answers under way go on; this page comes back as soon as the server can be reached.
    </p>
  );
}

function Waiting({ talk }: { talk: Conversation }) {
  if (!talk.waiting.length) return null;
  const words = (id: string) => {
    const message = talk.tree.messages.find((one) => one.id === id);
    return message ? textOf(message) : "…";
  };
  return (
    <ul className="queue" aria-label="Messages that wait">
      {talk.waiting.map((run) => (
        <li key={run.id}>
          <span>Next: {words(run.question)}</span>
          <Button kind="quiet" onClick={() => talk.withdraw(run.id)}>Take back</Button>
        </li>
      ))}
    </ul>
  );
}

function Unsent({ talk, onEdit }: { talk: Conversation; onEdit: (text: string) => void }) {
  const { text, error, edits } = talk.unsent as NonNullable<Conversation["unsent"]>;
  const edit = () => {
    onEdit(text);
    talk.forgetUnsent();
  };
  const actions = (
    <span className="row">
      <Button onClick={edit}>Edit</Button>
      <Button kind="main" onClick={() => talk.ask(text, edits)}>Try again</Button>
    </span>
  );
  return (
    <Problem requestId={error.requestId} action={actions}>
      <p>
        <strong>Your message wasn't sent.</strong> {error.message}
      </p>
      <p className="clipped">“{text}”</p>
    </Problem>
  );
}

/** What a screen reader hears: that an answer has begun, and then the answer. */
function Spoken({ talk }: { talk: Conversation }) {
  const last = talk.messages.at(-1);
  const answered = talk.status === "ready" && last?.role === "assistant";
  return (
    <div className="unseen" role="status">
      {talk.busy && talk.status !== "ready" ? "The answer is being written." : ""}
      {answered && !talk.busy ? textOf(last).slice(0, 500) : ""}
    </div>
  );
}
