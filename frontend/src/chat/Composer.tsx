// The field to write in: grows with its text, sends on Enter, stops what runs; a draft outlives a reload.

import { type KeyboardEvent, useEffect, useRef } from "react";
import { said } from "../api/http.ts";
import { IconButton } from "../design/parts.tsx";
import { toast } from "../design/toasts.tsx";

type ComposerProps = {
  draft: string;
  onDraft: (text: string) => void;
  onAsk: (text: string) => Promise<void>;
  onStop: () => Promise<void>;
  busy: boolean;
  threadId: string;
};

const isTouch = () => matchMedia("(pointer: coarse)").matches;

export function Composer({ draft, onDraft, onAsk, onStop, busy, threadId }: ComposerProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const kept = `neuroagent.draft.${threadId}`;
  useEffect(() => {
    const before = sessionStorage.getItem(kept);
    if (before) onDraft(before);
    if (!isTouch()) field.current?.focus();
  }, [kept]);
  useEffect(() => {
    if (draft) sessionStorage.setItem(kept, draft);
    else sessionStorage.removeItem(kept);
    const area = field.current;
    if (!area) return;
    area.style.blockSize = "auto";
    area.style.blockSize = `${Math.min(area.scrollHeight, 320)}px`;
  }, [draft, kept]);

  const send = async () => {
    const text = draft.trim();
    if (!text) return;
    onDraft("");
    await onAsk(text);
  };
  const key = (event: KeyboardEvent) => {
    if (event.key === "Escape" && busy) stop();
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing || isTouch()) return;
    event.preventDefault();
    send();
  };
  const stop = () => onStop().catch((error) => toast(said(error)));
  return (
    <div className="composer">
      <textarea
        ref={field}
        rows={1}
        value={draft}
        aria-label="Message"
        placeholder={busy ? "Write on: it waits for its turn" : "Ask, or /python and a script"}
        maxLength={200_000}
        onChange={(event) => onDraft(event.target.value)}
        onKeyDown={key}
      />
      {busy ? <IconButton icon="stop" label="Stop the answer (Escape)" className="stop" onClick={stop} /> : null}
      {!busy || draft.trim()
        ? (
          <IconButton
            icon="send"
            label={busy ? "Queue" : "Send"}
            className="send"
            disabled={!draft.trim()}
            onClick={send}
          />
        )
        : null}
    </div>
  );
}
