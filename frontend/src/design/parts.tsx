// The small parts that every view is made of.

import { type ButtonHTMLAttributes, type ReactNode, useEffect, useRef, useState } from "react";
import { Icon, type IconName } from "./icons.tsx";

type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & { kind?: "plain" | "main" | "quiet" | "bad" };

export function Button({ kind = "plain", className = "", ...rest }: ButtonProps) {
  return <button type="button" className={`button ${kind} ${className}`} {...rest} />;
}

type IconButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & { icon: IconName; label: string; size?: number };

export function IconButton({ icon, label, size = 18, className = "", ...rest }: IconButtonProps) {
  return (
    <button type="button" className={`icon-button ${className}`} aria-label={label} title={label} {...rest}>
      <Icon name={icon} size={size} />
    </button>
  );
}

export function CopyButton({ text, label = "Copy" }: { text: string; label?: string }) {
  const [done, setDone] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setDone(true);
    setTimeout(() => setDone(false), 1500);
  };
  return <IconButton icon={done ? "check" : "copy"} label={done ? "Copied" : label} size={16} onClick={copy} />;
}

const TONES: Record<string, string> = {
  done: "good",
  ready: "good",
  ok: "good",
  running: "accent",
  uploading: "accent",
  describing: "accent",
  retrying: "warn",
  waiting_input: "warn",
  failed: "bad",
  dead: "bad",
  timed_out: "bad",
  error: "bad",
};
const WORDS: Record<string, string> = { waiting_input: "waits for you", timed_out: "timed out", dead: "worker lost" };

export function StateBadge({ state }: { state: string }) {
  return <span className={`badge ${TONES[state] ?? "soft"}`}>{WORDS[state] ?? state}</span>;
}

export function Problem({ children, requestId, action }: {
  children: ReactNode;
  requestId?: string;
  action?: ReactNode;
}) {
  return (
    <div className="problem" role="alert">
      <div>
        {children}
        {requestId ? <small>Request {requestId}</small> : null}
      </div>
      {action}
    </div>
  );
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <h2>{title}</h2>
      {children}
    </div>
  );
}

export function Meter({ fraction, label }: { fraction?: number | null; label: string }) {
  const known = typeof fraction === "number";
  return (
    <div
      className={`meter ${known ? "" : "unknown"}`}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={known ? Math.round(fraction * 100) : undefined}
    >
      <span style={{ inlineSize: known ? `${fraction * 100}%` : undefined }} />
    </div>
  );
}

export function Page({ title, lead, actions, children }: {
  title: string;
  lead?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Neuroagent`;
  }, [title]);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []); // who hears the page hears that it changed
  return (
    <div className="page">
      <header className="page-head">
        <div>
          <h1 ref={heading} tabIndex={-1}>{title}</h1>
          {lead ? <p>{lead}</p> : null}
        </div>
        {actions}
      </header>
      {children}
    </div>
  );
}
