// Which view is open: the address says it, and links change it without a reload.

import { type AnchorHTMLAttributes, type MouseEvent, useSyncExternalStore } from "react";

export type Route =
  | { view: "chat"; thread: string | null }
  | { view: "jobs"; job: string | null }
  | { view: "circuits"; circuit: string | null }
  | { view: "system" }
  | { view: "settings" };

export function routeOf(path: string): Route {
  const [view = "", id = ""] = path.split("/").filter(Boolean).map(decoded);
  switch (view) {
    case "jobs":
      return { view, job: id || null };
    case "circuits":
      return { view, circuit: id || null };
    case "system":
    case "settings":
      return { view };
    default:
      return { view: "chat", thread: view === "chat" && id ? id : null };
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

const MOVED = "neuroagent:moved";

export function go(path: string, { replace = false } = {}): void {
  if (replace) history.replaceState(null, "", path);
  else history.pushState(null, "", path);
  globalThis.dispatchEvent(new Event(MOVED));
}

function listen(changed: () => void): () => void {
  const kinds = ["popstate", MOVED];
  for (const kind of kinds) globalThis.addEventListener(kind, changed);
  return () => kinds.forEach((kind) => globalThis.removeEventListener(kind, changed));
}

export function usePath(): string {
  return useSyncExternalStore(listen, () => location.pathname);
}

type LinkProps = AnchorHTMLAttributes<HTMLAnchorElement> & { href: string };

export function Link({ href, onClick, ...rest }: LinkProps) {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0 || event.defaultPrevented) return;
    event.preventDefault();
    go(href);
  };
  return <a href={href} onClick={follow} {...rest} />;
}
