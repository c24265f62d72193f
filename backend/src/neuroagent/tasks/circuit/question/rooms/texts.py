"""Conditions on how a text is written: starting with rp11, ending in PC, MC in the m-type's name."""

from typing import Final, Literal

from neuroagent.tasks.circuit.question.items import Item, Items, Rule, first, merge
from neuroagent.tasks.circuit.question.tree import Matches

PIECE: Final = "(quoted|word|pred|number|unsettled|cat)"


def _piece(item: Item) -> str:
    return str(item.value) if item.kind == "quoted" else item.text


def _matches(items: Items) -> Items | None:
    how = next(item.kind for item in items if item.kind in {"starts", "ends", "contains"})
    if not (piece := _piece(items[-1])):
        return None
    return merge(items, "pred", Matches(first(items, "cat").name, _how(how), piece))


def _contained(items: Items) -> Items | None:
    piece = next(item for item in items if item.kind in {"quoted", "word", "pred"})
    return merge(items, "pred", Matches(items[-1].value.name, "contains", _piece(piece)))


def _how(kind: str) -> Literal["starts", "ends", "contains"]:
    return "starts" if kind == "starts" else "ends" if kind == "ends" else "contains"


RULES: Final = (
    Rule(f"cat (be|with|of)* (starts|ends|contains) (with|of)? {PIECE}", _matches),
    Rule("contains(?=ent)", lambda items: [items[0].become("with")]),
    Rule(
        "with? (quoted|word|pred) (contained|in) (of)? cat",
        lambda items: _contained(items) if _is_quote(items) else None,
    ),
)


def _is_quote(items: Items) -> bool:
    """`with MC in their m-type`; but `EXC in each layer` is no such thing."""
    return any(item.kind in {"contained", "quoted", "with"} for item in items)
