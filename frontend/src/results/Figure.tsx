// A plotly figure in the page's colours, with its data to take away; loaded with the first figure.

import Plotly from "plotly.js-cartesian-dist-min";
import { useEffect, useRef, useState } from "react";
import type { PlotlyFigure } from "../api/types.ts";
import { Button } from "../design/parts.tsx";
import { onTheme } from "../settings/theme.ts";
import { save } from "./files.ts";
import { figureCsv } from "./figure_csv.ts";

type FigureProps = { figure: PlotlyFigure | null; address?: string; name: string };

export default function Figure({ figure, address, name }: FigureProps) {
  const [fetched, setFetched] = useState<PlotlyFigure | null>(null);
  const [wrong, setWrong] = useState("");
  useEffect(() => {
    if (!address) return;
    fetch(address).then((answer) => answer.json()).then(setFetched, () => setWrong("The figure could not be fetched."));
  }, [address]);
  const drawn = figure ?? fetched;
  if (wrong) return <p className="wrong">{wrong}</p>;
  if (!drawn) return <div className="figure waiting" role="status">Drawing …</div>;
  return <Drawn figure={drawn} name={name} />;
}

function Drawn({ figure, name }: { figure: PlotlyFigure; name: string }) {
  const place = useRef<HTMLDivElement>(null);
  const [wrong, setWrong] = useState("");
  useEffect(() => {
    const box = place.current as HTMLDivElement;
    const draw = () =>
      Plotly.react(box, structuredClone(figure.data ?? []), inOurColours(figure.layout ?? {}, box), {
        responsive: true,
        displaylogo: false,
        displayModeBar: false,
      }).catch((error: unknown) => setWrong(`The figure could not be drawn: ${error}`));
    draw();
    const forget = onTheme(draw);
    return () => {
      forget();
      Plotly.purge(box);
    };
  }, [figure]);
  const download = (format: "png" | "svg") =>
    Plotly.downloadImage(place.current as HTMLDivElement, { format, filename: name, width: 1200, height: 700 });
  if (wrong) return <p className="wrong">{wrong}</p>;
  return (
    <figure className="figure">
      <div ref={place} className="plot" role="img" aria-label={titleOf(figure) || "Figure"} />
      <figcaption className="row">
        <Button onClick={() => download("png")}>PNG</Button>
        <Button onClick={() => download("svg")}>SVG</Button>
        <Button onClick={() => save(`${name}.csv`, figureCsv(figure), "text/csv")}>CSV</Button>
        <Button
          kind="quiet"
          onClick={() =>
            Plotly.relayout(place.current as HTMLDivElement, { "xaxis.autorange": true, "yaxis.autorange": true })}
        >
          Reset the zoom
        </Button>
      </figcaption>
    </figure>
  );
}

function titleOf(figure: PlotlyFigure): string {
  const title = figure.layout?.title;
  return typeof title === "string" ? title : String((title as { text?: string } | undefined)?.text ?? "");
}

/** The figure's own wishes win, except for the paper that it is drawn on. */
function inOurColours(layout: Record<string, unknown>, box: HTMLElement): Record<string, unknown> {
  const style = getComputedStyle(box);
  const [ink, line] = [style.color, style.borderTopColor];
  const axis = { gridcolor: line, linecolor: line, zerolinecolor: line, tickcolor: line, automargin: true };
  const axes = Object.keys(layout).filter((one) => /^[xy]axis\d*$/.test(one));
  const ours = Object.fromEntries(
    [...new Set(["xaxis", "yaxis", ...axes])].map((one) => [one, { ...axis, ...(layout[one] as object | undefined) }]),
  );
  const { width: _width, height, template: _template, ...rest } = layout;
  return {
    ...rest,
    ...ours,
    autosize: true,
    height: typeof height === "number" ? Math.min(height, 640) : 380,
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    colorway: (layout.colorway as unknown) ?? COLOURS,
    font: { ...(layout.font as object | undefined), color: ink, family: style.fontFamily },
    ...(box.clientWidth < 520
      ? { legend: { orientation: "h", y: -0.3, ...(layout.legend as object | undefined) } }
      : {}),
    margin: { l: 56, r: 16, t: titleOf({ layout }) ? 48 : 16, b: 48, ...(layout.margin as object | undefined) },
  };
}

const COLOURS = ["#0f8a7d", "#d9822b", "#6f63d0", "#d1495b", "#3b8ed0", "#7a9e3f", "#b0589f", "#8a7f72"];
