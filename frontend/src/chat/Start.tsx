// An empty thread: what this is, and three things to try.

import { useLoaded } from "../api/loaded.ts";
import { get, said } from "../api/http.ts";
import type { About, Circuit, Tool } from "../api/types.ts";
import { Icon, type IconName } from "../design/icons.tsx";
import { toast } from "../design/toasts.tsx";
import { go } from "../router.tsx";

const FIGURE = `/python  # Damped oscillations
from math import exp, pi, sin
import plotly.graph_objects as go

t = [n / 100 for n in range(400)]
figure = go.Figure()
for hertz in (1, 2, 3):
    figure.add_scatter(x=t, y=[sin(2 * pi * hertz * s) * exp(-s / 2) for s in t], name=f"{hertz} Hz")
figure.update_layout(title="Damped oscillations", xaxis_title="seconds", yaxis_title="amplitude")
figure`;
const QUESTION = "How many excitatory neurons per layer?";

/** Where the model has no tool for it, the circuit's own page takes the question. */
async function toDemo(): Promise<void> {
  try {
    const { circuits } = await get<{ circuits: Circuit[] }>("/api/circuits");
    const demo = circuits.find((one) => one.name === "demo circuit") ?? circuits[0];
    go(demo ? `/circuits/${demo.id}?ask=${encodeURIComponent(QUESTION)}` : "/circuits");
  } catch (error) {
    toast(said(error));
  }
}

type StartProps = { about: About | null; onAsk: (text: string) => void; onDraft: (text: string) => void };

export function Start({ about, onAsk, onDraft }: StartProps) {
  const tools = useLoaded((signal) => get<{ tools: Tool[] }>("/api/tools", signal), "tools").value?.tools;
  const canAsk = Boolean(tools?.some((one) => one.name === "talk_to_df"));
  return (
    <section className="start" aria-label="Things to try">
      <h2>What shall we find out?</h2>
      <p>
        {about?.is_builtin
          ? "No language model is connected: the built-in one answers. It can't chat, but the tools it calls are real."
          : "Ask in plain words. Tools do the work, and you see what they do."}
      </p>
      <div className="cards">
        <Card icon="chat" title="Draw a figure" text="A Python script in the sandbox" onChoose={() => onAsk(FIGURE)} />
        <Card
          icon="circuits"
          title="Ask the demo circuit"
          text={QUESTION}
          onChoose={() => (canAsk ? onAsk(QUESTION) : toDemo())}
        />
        <Card icon="jobs" title="Look at the jobs" text="Everything the workers do" onChoose={() => go("/jobs")} />
      </div>
      <button type="button" className="button quiet" onClick={() => onDraft("/python\n")}>
        or write a script of your own
      </button>
    </section>
  );
}

function Card({ icon, title, text, onChoose }: { icon: IconName; title: string; text: string; onChoose: () => void }) {
  return (
    <button type="button" className="card" onClick={onChoose}>
      <Icon name={icon} size={20} />
      <strong>{title}</strong>
      <span>{text}</span>
    </button>
  );
}
