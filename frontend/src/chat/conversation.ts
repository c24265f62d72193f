// One thread's conversation: what the app has of it, the answer that streams in, and what waits behind it.

import { useChat } from "@ai-sdk/react";
import { DefaultChatTransport } from "ai";
import { useCallback, useEffect, useRef, useState } from "react";
import { ApiError, call, errorOf, get, post, said, SIGNED_OUT } from "../api/http.ts";
import type { Message, MessageTree, Run, Thread } from "../api/types.ts";
import { newId } from "../design/words.ts";
import { loadThreads } from "../threads/store.ts";
import { asShown, shownBranch } from "./tree.ts";

const NOTHING: MessageTree = { messages: [], branch: [] };
const AWAY_AFTER = 5_000; // a hidden tab gives its connection back: a browser has six for one server
const LONGEST_PAUSE = 10_000;

export type Unsent = { text: string; error: ApiError; edits?: string };

async function asked(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const answer = await fetch(input, init);
  if (answer.ok) return answer;
  if (answer.status === 401) globalThis.dispatchEvent(new Event(SIGNED_OUT));
  throw errorOf(answer.status, await answer.text());
}

/** The app keeps the history: only the last messages are sent, so that it knows where the new one stands. */
const transport = new DefaultChatTransport<Message>({
  api: "/api/chat",
  fetch: asked,
  prepareSendMessagesRequest: ({ id, messages, trigger, messageId }) => ({
    body: { id, trigger, messageId, messages: messages.slice(-2).map((one) => ({ ...one, parts: spoken(one) })) },
  }),
});

const spoken = (message: Message) => (message.role === "user" ? message.parts : []);

export function useConversation(threadId: string, isNew: boolean) {
  const [tree, setTree] = useState(NOTHING);
  const [runs, setRuns] = useState<Run[]>([]);
  const [trouble, setTrouble] = useState<"" | "offline" | "missing">("");
  const [loaded, setLoaded] = useState(isNew);
  const [unsent, setUnsent] = useState<Unsent | null>(null);
  const [failures, setFailures] = useState<Record<string, string>>({});
  const attempt = useRef(0);
  const timer = useRef(0);
  const alive = useRef(true);
  const sent = useRef<{ id: string; text: string; edits?: string } | null>(null);
  const told = useRef("");
  const sync = useRef<() => Promise<void>>(async () => {});

  const chat = useChat<Message>({
    id: threadId,
    transport,
    throttle: 50,
    onError: (error) => {
      if (error instanceof ApiError && sent.current) {
        setUnsent({ text: sent.current.text, error, edits: sent.current.edits });
        sent.current = null;
      } else if (!(error instanceof TypeError)) {
        told.current = error.message; // the app's own sentence, with the request's id
      }
    },
    onFinish: ({ message }) => {
      const why = told.current;
      told.current = "";
      if (why) setFailures((before) => ({ ...before, [message.id]: why }));
      again(attempt.current ? pause(attempt.current) : 0);
    },
  });
  const { setMessages, resumeStream, clearError } = chat;

  const again = useCallback((delay: number) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => sync.current(), delay);
  }, []);

  sync.current = async () => {
    if (!alive.current || document.hidden) return;
    try {
      const thread = await get<Thread>(`/api/threads/${threadId}`);
      const now = await get<MessageTree>(`/api/threads/${threadId}/messages`);
      if (!alive.current) return;
      setTrouble("");
      setTree(now);
      setRuns(thread.runs);
      setLoaded(true);
      if (sent.current && !now.messages.some((one) => one.id === sent.current?.id)) {
        setUnsent({ ...sent.current, error: new ApiError(0, "", "It didn't reach the server.", "") });
      }
      sent.current = null;
      setMessages(shownBranch(now, thread.runs).map(asShown));
      loadThreads();
      attempt.current = thread.runs.length ? attempt.current + 1 : 0;
      clearError();
      if (thread.runs.length) await resumeStream();
    } catch (error) {
      if (!alive.current) return;
      if (error instanceof ApiError && error.status === 404) {
        setLoaded(true);
        if (!isNew) setTrouble("missing");
        return;
      }
      attempt.current += 1;
      setTrouble("offline");
      again(pause(attempt.current));
    }
  };

  useEffect(() => {
    alive.current = true;
    if (!isNew) sync.current();
    return () => {
      alive.current = false;
      clearTimeout(timer.current);
    };
  }, [threadId]);

  const reading = useRef({ live: false, hangUp: chat.stop });
  reading.current = { live: chat.status === "submitted" || chat.status === "streaming", hangUp: chat.stop };
  useEffect(() => {
    let leaving = 0;
    const seen = () => {
      clearTimeout(leaving);
      if (document.hidden) leaving = setTimeout(() => reading.current.hangUp(), AWAY_AFTER);
      else if (!reading.current.live) again(0);
    };
    const online = () => {
      if (reading.current.live) reading.current.hangUp(); // nobody knows whether it still hears anything; its end syncs
      else again(0);
    };
    const offline = () => setTrouble("offline");
    document.addEventListener("visibilitychange", seen);
    globalThis.addEventListener("online", online);
    globalThis.addEventListener("offline", offline);
    return () => {
      clearTimeout(leaving);
      document.removeEventListener("visibilitychange", seen);
      globalThis.removeEventListener("online", online);
      globalThis.removeEventListener("offline", offline);
    };
  }, [again]);

  const busy = chat.status === "submitted" || chat.status === "streaming" || runs.length > 0;

  const ask = async (text: string, edits?: string) => {
    setUnsent(null);
    if (busy && !edits) return await queue(text);
    const id = edits ?? newId();
    sent.current = { id, text, edits };
    attempt.current = 0;
    await chat.sendMessage(edits ? { text, messageId: edits } : { id, role: "user", parts: [{ type: "text", text }] });
  };

  /** It waits on the server, behind the answer under way; its own answer is read when its turn comes. */
  const queue = async (text: string) => {
    const leave = new AbortController();
    const message = { id: newId(), role: "user", parts: [{ type: "text", text }] };
    try {
      await asked("/api/chat", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ id: threadId, messages: [message] }),
        signal: leave.signal,
      });
      await lookAtQueue();
    } catch (error) {
      const why = error instanceof ApiError ? error : new ApiError(0, "", said(error), "");
      setUnsent({ text, error: why });
    } finally {
      leave.abort();
    }
  };

  const lookAtQueue = async () => {
    const thread = await get<Thread>(`/api/threads/${threadId}`);
    setTree(await get<MessageTree>(`/api/threads/${threadId}/messages`));
    setRuns(thread.runs);
    if (chat.status === "ready" && thread.runs.length) again(0);
  };

  const stop = async () => {
    const run = chat.messages.at(-1)?.metadata?.runId ?? null;
    await post(`/api/chat/${threadId}/stop`, { run }).catch((error) => {
      if (!(error instanceof ApiError && error.status === 409)) throw error;
    });
  };

  const withdraw = async (run: string) => {
    await call("DELETE", `/api/chat/${threadId}/queue/${run}`).catch(() => {});
    await lookAtQueue();
  };

  const open = async (head: string) => {
    await call("PATCH", `/api/threads/${threadId}`, { head });
    await sync.current();
  };

  const regenerate = async (messageId: string) => {
    attempt.current = 0;
    await chat.regenerate({ messageId });
  };

  return {
    messages: chat.messages,
    status: chat.status,
    streamError: chat.error,
    tree,
    waiting: runs.slice(1),
    busy,
    trouble,
    loaded,
    unsent,
    failures,
    forgetUnsent: () => setUnsent(null),
    ask,
    stop,
    withdraw,
    open,
    regenerate,
  };
}

export type Conversation = ReturnType<typeof useConversation>;

const pause = (attempt: number) => Math.min(LONGEST_PAUSE, 250 * 2 ** attempt);
