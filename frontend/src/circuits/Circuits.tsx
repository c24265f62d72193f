// The circuits and tables there are to ask, and a place to bring another.

import { type DragEvent, useRef, useState } from "react";
import { get, said } from "../api/http.ts";
import { useLoaded } from "../api/loaded.ts";
import type { Circuit } from "../api/types.ts";
import { Icon } from "../design/icons.tsx";
import { Button, Empty, Meter, Page, Problem, StateBadge } from "../design/parts.tsx";
import { ago, bytes } from "../design/words.ts";
import { go, Link } from "../router.tsx";
import { OneCircuit } from "./OneCircuit.tsx";
import { type Going, upload } from "./upload.ts";

const EVERY = 4000;

export default function Circuits({ open }: { open: string | null }) {
  if (open) return <OneCircuit key={open} id={open} />;
  return <CircuitList />;
}

function CircuitList() {
  const { value, error } = useLoaded(
    (signal) => get<{ circuits: Circuit[] }>("/api/circuits", signal),
    "circuits",
    EVERY,
  );
  return (
    <Page title="Circuits" lead="SONATA circuits and tables that can be asked in plain words.">
      <Upload />
      {error ? <Problem>{said(error)}</Problem> : null}
      {value?.circuits.length === 0
        ? (
          <Empty title="No circuits yet">
            <p>Bring a file above. On its first start, the demo circuit takes half a minute to appear.</p>
          </Empty>
        )
        : null}
      <ul className="tiles">
        {value?.circuits.map((one) => (
          <li key={one.id}>
            <Link href={`/circuits/${one.id}`}>
              <strong>{one.name}</strong>
              <StateBadge state={one.state} />
              <small>{one.bytes ? `${bytes(one.bytes)}, ` : ""}{ago(one.created_at)}</small>
              {one.reason ? <span className="wrong">{one.reason}</span> : null}
            </Link>
          </li>
        ))}
      </ul>
    </Page>
  );
}

function Upload() {
  const field = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [going, setGoing] = useState<Going | null>(null);
  const [fraction, setFraction] = useState(0);
  const [trouble, setTrouble] = useState("");
  const bring = async (file: File | undefined) => {
    if (!file) return;
    setTrouble("");
    setFraction(0);
    const begun = upload(file, setFraction);
    setGoing(begun);
    try {
      const circuit = await begun.done;
      go(`/circuits/${circuit.id}`);
    } catch (error) {
      setTrouble(said(error));
    } finally {
      setGoing(null);
    }
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    bring(event.dataTransfer.files[0]);
  };
  return (
    <section
      className={`drop ${over ? "over" : ""}`}
      aria-label="Upload"
      onDragOver={(event) => (event.preventDefault(), setOver(true))}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <Icon name="upload" size={24} />
      {going
        ? (
          <div className="sending">
            <p>{going.name}: {fraction < 1 ? `${Math.round(fraction * 100)} %` : "reading it …"}</p>
            <Meter fraction={fraction} label="Upload" />
            <Button kind="quiet" onClick={going.cancel}>Cancel</Button>
          </div>
        )
        : (
          <>
            <p>Drop a circuit archive, a node file, Parquet, CSV or Arrow here, or</p>
            <Button onClick={() => field.current?.click()}>choose a file</Button>
          </>
        )}
      <input
        ref={field}
        type="file"
        hidden
        aria-label="A circuit or a table"
        onChange={(event) => bring(event.target.files?.[0])}
      />
      {trouble ? <Problem>{trouble}</Problem> : null}
    </section>
  );
}
