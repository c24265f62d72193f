// The frame: the views on the left, the open one beside them.

import { Suspense, useCallback, useEffect, useRef, useState } from "react";
import { get, SIGNED_OUT } from "../api/http.ts";
import type { About } from "../api/types.ts";
import { useLoaded } from "../api/loaded.ts";
import { Chat } from "../chat/Chat.tsx";
import { Icon, type IconName } from "../design/icons.tsx";
import { IconButton } from "../design/parts.tsx";
import { Boundary, lazily } from "../design/lazily.tsx";
import { Toasts } from "../design/toasts.tsx";
import { newId } from "../design/words.ts";
import { go, Link, type Route, routeOf, usePath } from "../router.tsx";
import { Threads } from "../threads/Threads.tsx";
import { SignIn } from "./SignIn.tsx";

const Jobs = lazily(() => import("../jobs/Jobs.tsx"));
const Circuits = lazily(() => import("../circuits/Circuits.tsx"));
const System = lazily(() => import("../system/System.tsx"));
const Settings = lazily(() => import("../settings/Settings.tsx"));

const PLACES: { view: Route["view"]; href: string; label: string; icon: IconName }[] = [
  { view: "jobs", href: "/jobs", label: "Jobs", icon: "jobs" },
  { view: "circuits", href: "/circuits", label: "Circuits", icon: "circuits" },
  { view: "system", href: "/system", label: "System", icon: "system" },
  { view: "settings", href: "/settings", label: "Settings", icon: "settings" },
];

export function App() {
  const [signedOut, setSignedOut] = useState(false);
  const path = usePath();
  const route = routeOf(path);
  useEffect(() => {
    const out = () => setSignedOut(true);
    globalThis.addEventListener(SIGNED_OUT, out);
    return () => globalThis.removeEventListener(SIGNED_OUT, out);
  }, []);
  if (signedOut) return <SignIn />;
  return (
    <div className="frame">
      <a className="skip" href="#view">Skip to the content</a>
      <Sidebar route={route} path={path} />
      <main id="view" tabIndex={-1}>
        <Boundary key={route.view}>
          <Suspense fallback={<p className="loading" role="status">Loading …</p>}>
            <View route={route} />
          </Suspense>
        </Boundary>
      </main>
      <Toasts />
    </div>
  );
}

function Sidebar({ route, path }: { route: Route; path: string }) {
  const [open, setOpen] = useState(false);
  const close = useCallback(() => setOpen(false), []);
  const drawer = useRef<HTMLElement>(null);
  useEffect(close, [path, close]);
  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      if (event.key === "Escape") close();
      if ((event.metaKey || event.ctrlKey) && event.shiftKey && event.key.toLowerCase() === "o") {
        event.preventDefault();
        go("/");
      }
    };
    document.addEventListener("keydown", key);
    return () => document.removeEventListener("keydown", key);
  }, [close]);
  return (
    <>
      <header className="topbar">
        <IconButton icon="menu" label="Threads and views" aria-expanded={open} onClick={() => setOpen(!open)} />
        <Link href="/" className="name">Neuroagent</Link>
        <IconButton icon="plus" label="New thread" onClick={() => go("/")} />
      </header>
      <aside ref={drawer} className={`sidebar ${open ? "open" : ""}`}>
        <Link href="/" className="name">
          <Icon name="chat" /> Neuroagent
        </Link>
        <Link href="/" className="button new" onClick={close} title="New thread (Ctrl+Shift+O)">
          <Icon name="plus" /> New thread
        </Link>
        <Threads open={route.view === "chat" ? route.thread : null} onChosen={close} />
        <nav className="places" aria-label="Views">
          {PLACES.map((one) => (
            <Link key={one.view} href={one.href} aria-current={route.view === one.view ? "page" : undefined}>
              <Icon name={one.icon} /> {one.label}
            </Link>
          ))}
        </nav>
      </aside>
      {open ? <div className="veil" onClick={close} /> : null}
    </>
  );
}

function View({ route }: { route: Route }) {
  const about = useLoaded((signal) => get<About>("/api/about", signal), "about");
  switch (route.view) {
    case "jobs":
      return <Jobs open={route.job} />;
    case "circuits":
      return <Circuits open={route.circuit} />;
    case "system":
      return <System about={about.value} />;
    case "settings":
      return <Settings about={about.value} />;
    case "chat":
      return <OpenThread thread={route.thread} about={about.value} />;
  }
}

/** A new thread gets its id here, so that its first answer goes on when the address gets to name it. */
function OpenThread({ thread, about }: { thread: string | null; about: About | null }) {
  const [fresh, setFresh] = useState(newId);
  const [used, setUsed] = useState(false);
  if (thread === fresh && !used) setUsed(true);
  if (thread === null && used) {
    setUsed(false);
    setFresh(newId());
  }
  const shown = thread ?? fresh;
  return <Chat key={shown} threadId={shown} isNew={shown === fresh} about={about} />;
}
