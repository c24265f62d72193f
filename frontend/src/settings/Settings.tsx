// What a person chooses: the theme, and the tools of new threads' models; the model is the installation's.

import { useState } from "react";
import { get, said } from "../api/http.ts";
import { useLoaded } from "../api/loaded.ts";
import type { About, Thread, Tool } from "../api/types.ts";
import { Page, Problem } from "../design/parts.tsx";
import { toast } from "../design/toasts.tsx";
import { change, useThreads } from "../threads/store.ts";
import { showTheme, type Theme, themeNow, THEMES } from "./theme.ts";

const THEME_NAMES: Record<Theme, string> = { system: "As the machine", light: "Light", dark: "Dark" };

export default function Settings({ about }: { about: About | null }) {
  const [theme, setTheme] = useState(themeNow());
  const choose = (wanted: Theme) => {
    showTheme(wanted);
    setTheme(wanted);
  };
  return (
    <Page title="Settings">
      <fieldset>
        <legend>Theme</legend>
        <div className="row">
          {THEMES.map((one) => (
            <label key={one} className="choice">
              <input type="radio" name="theme" checked={one === theme} onChange={() => choose(one)} />{" "}
              {THEME_NAMES[one]}
            </label>
          ))}
        </div>
      </fieldset>
      <Tools />
      <section>
        <h2>Model</h2>
        <p>
          {about?.is_builtin
            ? "The built-in model answers: no language model is connected. Whoever runs this installation connects one with NEUROAGENT_LLM__BASE_URL and NEUROAGENT_LLM__MODEL."
            : `${about?.model ?? "…"}, chosen by whoever runs this installation.`}
        </p>
      </section>
    </Page>
  );
}

function Tools() {
  const { threads } = useThreads();
  const [chosen, setChosen] = useState("");
  const tools = useLoaded((signal) => get<{ tools: Tool[] }>("/api/tools", signal), "tools");
  const thread = threads.find((one) => one.id === chosen) ?? threads[0];
  return (
    <fieldset>
      <legend>Tools of a thread</legend>
      {tools.error ? <Problem>{said(tools.error)}</Problem> : null}
      {thread
        ? (
          <label className="field">
            <span>Thread</span>
            <select value={thread.id} onChange={(event) => setChosen(event.target.value)}>
              {threads.map((one) => <option key={one.id} value={one.id}>{one.title || "Untitled"}</option>)}
            </select>
          </label>
        )
        : <p className="note">Start a thread first: each has its own choice of tools.</p>}
      {thread
        ? tools.value?.tools.map((tool) => (
          <Choice key={tool.name} tool={tool} thread={thread} all={tools.value?.tools ?? []} />
        ))
        : null}
    </fieldset>
  );
}

function Choice({ tool, thread, all }: { tool: Tool; thread: Thread; all: Tool[] }) {
  const names = all.map((one) => one.name);
  const chosen = thread.tools ?? names;
  const set = (on: boolean) => {
    const wanted = names.filter((one) => (one === tool.name ? on : chosen.includes(one)));
    change(thread.id, { tools: wanted.length === names.length ? null : wanted }).catch((error) => toast(said(error)));
  };
  return (
    <label className="choice">
      <input type="checkbox" checked={chosen.includes(tool.name)} onChange={(event) => set(event.target.checked)} />
      <span>
        <strong>{tool.name}</strong> {tool.description}
        {tool.online ? "" : ` Not now: ${tool.why}`}
      </span>
    </label>
  );
}
