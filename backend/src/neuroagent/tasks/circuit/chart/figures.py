"""Plotly figures: each a list of traces and the words on the axes."""

from collections.abc import Iterable, Sequence

from pydantic import JsonValue

from neuroagent.tasks.circuit.chart.columns import Column

Figure = dict[str, JsonValue]


def bar(across: Column, heights: Sequence[Column]) -> Figure:
    traces = [_trace("bar", x=labels(across.values), y=list(each.values), name=label(each.name)) for each in heights]
    return _figure(traces, across.name, _together(heights), ["xaxis"])  # side by side is plotly's own way


def line(along: Column, heights: Sequence[Column]) -> Figure:
    along_values = labels(along.values) if along.kind == "time" else list(along.values)
    traces = [
        _trace("scatter", x=along_values, y=list(each.values), name=label(each.name), mode="lines+markers")
        for each in heights
    ]
    return _figure(traces, along.name, _together(heights))


def histogram(column: Column) -> Figure:
    return _figure([_trace("histogram", x=list(column.values), name=label(column.name))], column.name, "count")


def scatter(x: Column, y: Column, colour: Column | None) -> Figure:
    traces = [
        _trace("scatter", x=_picked(x, at), y=_picked(y, at), name=name, mode="markers")
        for name, at in _groups(x, colour)
    ]
    return _figure(traces, x.name, y.name)


def positions(x: Column, y: Column, z: Column, colour: Column | None) -> Figure:
    traces = [
        _trace("scatter3d", x=_picked(x, at), y=_picked(y, at), z=_picked(z, at), name=name, mode="markers")
        for name, at in _groups(x, colour)
    ]
    axes: dict[str, JsonValue] = {
        f"{axis}axis": {"title": {"text": label(column.name)}} for axis, column in (("x", x), ("y", y), ("z", z))
    }
    return {"data": list(traces), "layout": {"scene": axes, "showlegend": colour is not None}}


def heatmap(across: Column, down: Column, depth: Column) -> Figure:
    x, y = _unique(across), _unique(down)
    found = {(str(a), str(d)): value for a, d, value in zip(across.values, down.values, depth.values, strict=True)}
    z: JsonValue = [[found.get((str(a), str(d))) for a in x] for d in y]
    trace = _trace("heatmap", x=labels(x), y=labels(y), z=z, colorbar={"title": {"text": label(depth.name)}})
    return _figure([trace], across.name, down.name, ["xaxis", "yaxis"])


def label(value: JsonValue) -> str:
    """As text and nothing else: plotly reads some HTML in labels, and the words are a stranger's."""
    if value is None:
        return "(none)"
    return str(value)[:200].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def labels(values: Iterable[JsonValue]) -> list[JsonValue]:
    return [label(value) for value in values]


def _trace(kind: str, **parts: JsonValue) -> JsonValue:
    return {"type": kind, **parts}


def _figure(traces: Sequence[JsonValue], across: str, up: str, categories: Sequence[str] = ()) -> Figure:
    axes: dict[str, JsonValue] = {
        axis: {"title": {"text": label(title)}, **({"type": "category"} if axis in categories else {})}
        for axis, title in (("xaxis", across), ("yaxis", up))
    }
    return {"data": list(traces), "layout": {"showlegend": len(traces) > 1, **axes}}


def _together(heights: Sequence[Column]) -> str:
    return heights[0].name if len(heights) == 1 else ""


def _groups(rows_of: Column, colour: Column | None) -> list[tuple[str, list[int]]]:
    """The rows of each colour, in the order in which the colours appear."""
    if colour is None:
        return [(label(rows_of.name), list(range(len(rows_of.values))))]
    groups: dict[str, list[int]] = {}
    for at, value in enumerate(colour.values):
        groups.setdefault(label(value), []).append(at)
    return list(groups.items())


def _picked(column: Column, rows: Sequence[int]) -> list[JsonValue]:
    return [column.values[row] for row in rows]


def _unique(column: Column) -> list[JsonValue]:
    return list({str(value): value for value in column.values}.values())
