// A message: a person's words, or an answer with its tool calls; and what can be done with it.

import { type KeyboardEvent, memo, Suspense, useState } from "react";
import { said } from "../api/http.ts";
import type { Message, Part, ToolNews } from "../api/types.ts";
import { Button, CopyButton, IconButton } from "../design/parts.tsx";
import { Boundary, lazily } from "../design/lazily.tsx";
import { toast } from "../design/toasts.tsx";
import type { Conversation } from "./conversation.ts";
import { isToolPart, ToolCard, type ToolPart } from "./ToolCard.tsx";
import { lastBelow, siblingsOf, textOf } from "./tree.ts";

const Markdown = lazily(() => import("./Markdown.tsx"));

type RowProps = { message: Message; talk: Conversation; isLast: boolean };

export function MessageRow({ message, talk, isLast }: RowProps) {
  const [editing, setEditing] = useState(false);
  const isLive = isLast && talk.busy && message.role === "assistant";
  const mine = message.role === "user";
  const edit = async (text: string) => {
    setEditing(false);
    await talk.ask(text, message.id);
  };
  if (editing) {
    return (
      <li className="message user">
        <Editor text={textOf(message)} onKeep={edit} onLeave={() => setEditing(false)} />
      </li>
    );
  }
  return (
    <li className={`message ${message.role}`}>
      <h2 className="unseen">{mine ? "You" : "Answer"}</h2>
      {mine ? <Bubble text={textOf(message)} /> : <Parts message={message} isLive={isLive} />}
      {mine ? null : <Ending message={message} talk={talk} isLive={isLive} />}
      {isLive ? null : <Deeds message={message} talk={talk} onEdit={() => setEditing(true)} />}
    </li>
  );
}

function Bubble({ text }: { text: string }) {
  const isCode = text.startsWith("/") && text.includes("\n");
  return <div className={`bubble ${isCode ? "script" : ""}`} tabIndex={isCode ? 0 : undefined}>{text}</div>;
}

const Parts = memo(function Parts({ message, isLive }: { message: Message; isLive: boolean }) {
  const news = new Map<string, ToolNews>();
  for (const part of message.parts) if (part.type === "data-tool" && part.id) news.set(part.id, part.data);
  return <>{message.parts.map((part, place) => <OnePart key={place} part={part} news={news} isLive={isLive} />)}</>;
});

function OnePart({ part, news, isLive }: { part: Part; news: Map<string, ToolNews>; isLive: boolean }) {
  if (part.type === "text") {
    const plain = <div className="prose plain">{part.text}</div>;
    return (
      <Boundary fallback={plain}>
        <Suspense fallback={plain}>
          <Markdown text={part.text} isLive={isLive} />
        </Suspense>
      </Boundary>
    );
  }
  if (part.type === "reasoning" && part.text) {
    return (
      <details className="thought">
        <summary>Thought</summary>
        <p>{part.text}</p>
      </details>
    );
  }
  if (isToolPart(part)) {
    return <ToolCard part={part as ToolPart} news={news.get((part as ToolPart).toolCallId)} isLive={isLive} />;
  }
  return null;
}

const ENDINGS: Record<string, string> = {
  stopped: "You stopped this answer.",
  failed: "This answer failed.",
  interrupted: "This answer was interrupted: its process was lost too often.",
};

function Ending({ message, talk, isLive }: { message: Message; talk: Conversation; isLive: boolean }) {
  const state = talk.tree.messages.find((one) => one.id === message.id)?.state ?? "complete";
  const words = ENDINGS[state];
  if (isLive || !words) return null;
  const why = talk.failures[message.id];
  return (
    <div className={`ending ${state}`} role={state === "stopped" ? undefined : "alert"}>
      <span>{words} {why}</span>
      <Button onClick={() => talk.regenerate(message.id)}>Try again</Button>
    </div>
  );
}

function Deeds({ message, talk, onEdit }: { message: Message; talk: Conversation; onEdit: () => void }) {
  const mine = message.role === "user";
  const doing = (what: Promise<void>) => what.catch((error) => toast(said(error)));
  return (
    <div className="deeds">
      <Branches message={message} talk={talk} />
      <CopyButton text={textOf(message)} label="Copy the text" />
      {mine && !talk.busy ? <IconButton icon="pencil" label="Edit" size={16} onClick={onEdit} /> : null}
      {!mine && !talk.busy
        ? <IconButton icon="again" label="Answer again" size={16} onClick={() => doing(talk.regenerate(message.id))} />
        : null}
    </div>
  );
}

function Branches({ message, talk }: { message: Message; talk: Conversation }) {
  const { ids, place } = siblingsOf(talk.tree.messages, message.id);
  if (ids.length < 2) return null;
  const to = (step: number) => {
    const id = ids[place + step];
    if (id) talk.open(lastBelow(talk.tree.messages, id)).catch((error) => toast(said(error)));
  };
  const held = talk.busy;
  return (
    <span className="branches">
      <IconButton
        icon="left"
        label="The version before"
        size={16}
        disabled={held || place === 0}
        onClick={() => to(-1)}
      />
      <span>{place + 1} / {ids.length}</span>
      <IconButton
        icon="right"
        label="The next version"
        size={16}
        disabled={held || place === ids.length - 1}
        onClick={() => to(1)}
      />
    </span>
  );
}

function Editor({ text, onKeep, onLeave }: { text: string; onKeep: (text: string) => void; onLeave: () => void }) {
  const [words, setWords] = useState(text);
  const key = (event: KeyboardEvent) => {
    if (event.key === "Escape") onLeave();
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) onKeep(words.trim());
  };
  return (
    <div className="editor">
      <textarea
        aria-label="Edit the message"
        value={words}
        rows={Math.min(16, words.split("\n").length + 1)}
        autoFocus
        onChange={(event) => setWords(event.target.value)}
        onKeyDown={key}
      />
      <span className="row">
        <Button onClick={onLeave}>Cancel</Button>
        <Button kind="main" disabled={!words.trim()} onClick={() => onKeep(words.trim())}>Ask this instead</Button>
      </span>
    </div>
  );
}
