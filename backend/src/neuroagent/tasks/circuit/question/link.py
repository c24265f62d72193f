"""Every word of a question linked to what it can be here: a column, a value, a word of the grammar; or to nothing."""

from dataclasses import replace
from typing import Final

from neuroagent.tasks.circuit.profile import Column
from neuroagent.tasks.circuit.question.index import Index
from neuroagent.tasks.circuit.question.items import Item, Items
from neuroagent.tasks.circuit.question.lexicon import CORE, TELLING, Meaning, key, singular, stem
from neuroagent.tasks.circuit.question.outcome import Ambiguous
from neuroagent.tasks.circuit.question.tokens import ORDINALS, UNITS, Token, tokenise
from neuroagent.tasks.circuit.question.tree import OneOf

LONGEST: Final = 8
SIGNS: Final = {
    ",": "comma",
    "/": "slash",
    "(": "open",
    ")": "close",
    "&": "and",
    "+": "and",
    "#": "count",
    "%": "share",
    "-": "to",
}
UNIT_WORDS: Final = frozenset(UNITS.replace("?", "").split("|"))
TYPES: Final = {"date": "date", "quoted": "quoted", "ordinal": "ordinal", "number": "number"}


def link(question: str, index: Index) -> Items:
    tokens = tokenise(question)
    items: Items = []
    place = 0
    while place < len(tokens):
        found = _longest(question, tokens, place, index) or _single(tokens[place], items, index)
        items += found
        place = next((i for i, token in enumerate(tokens) if token.start >= found[-1].end), len(tokens))
    told = [replace(item, text=question[item.start : item.end]) for item in items if item.kind != "skip"]
    return [_settled(item, told) for item in told]


def _longest(question: str, tokens: list[Token], place: int, index: Index) -> Items:
    for end in range(min(place + LONGEST, len(tokens)), place, -1):
        phrase = tokens[place:end]
        if _is_phrase(phrase):
            start, stop = phrase[0].start, phrase[-1].end
            meanings = _meanings(question[start:stop], index, alone=len(phrase) == 1)
            if meanings:
                return [Item(meaning.kind, start, stop, meaning.value) for meaning in meanings]
    return []


def _is_phrase(phrase: list[Token]) -> bool:
    if len(phrase) == 1:
        return phrase[0].kind == "word" or phrase[0].text in {
            ">",
            "<",
            ">=",
            "<=",
            "=>",
            "=<",
            "=",
            "==",
            "!=",
            "<>",
            "≥",
            "≤",
            "≠",
        }
    ends = {phrase[0].kind, phrase[-1].kind} <= {"word", "number", "ordinal"}
    inner = all(token.kind in {"word", "number", "ordinal"} or token.text in {"/", "-"} for token in phrase)
    return ends and inner and any(token.kind == "word" for token in phrase)


def _meanings(text: str, index: Index, *, alone: bool) -> list[Meaning]:
    """The first of what it can be; a value that is written exactly so comes before any other."""
    name = key(text)
    forms = list(dict.fromkeys((name, singular(name))))
    if (exact := _exact_value(text, name, index)) is not None:
        return [exact]
    core = name in CORE
    column = next((index.columns[form] for form in forms if form in index.columns), None)
    phrase = not alone and name in index.lexicon.phrases  # no file may take "how many" away
    if column is not None and not core and not phrase:
        return [index.column_meaning(column)]
    if alone and any(form in index.entities for form in forms):
        return [Meaning("ent")]
    values = () if core else _values(text, forms, index)
    return [_value(values)] if values else _grammar_word(forms, index)


def _values(text: str, forms: list[str], index: Index) -> tuple[OneOf, ...]:
    """In any case and number; but a joint of the sentence is a value only where it is written as one."""
    found = next((index.values[form] for form in forms if form in index.values), ()) if len(forms[0]) > 1 else ()
    grammar = index.lexicon.phrases.get(forms[0])
    if grammar is not None and grammar.kind not in TELLING:
        return tuple(each for each in found if text in each.values)
    return found


def _grammar_word(forms: list[str], index: Index) -> list[Meaning]:
    for form in forms:
        if (meaning := index.lexicon.phrases.get(form)) is not None:
            return [meaning]
        if form in index.field_words:
            return [Meaning("pred", index.field_words[form])]
        if (found := index.adjective(form)) is not None:
            column, adjective = found
            degree = ("high" if adjective.operator == ">" else "low") if adjective.superlative else "op"
            about = index.column_meaning(column)
            return [Meaning(degree), about] if adjective.superlative else [about, Meaning("op", adjective.operator)]
    return []


def _exact_value(text: str, name: str, index: Index) -> Meaning | None:
    """Written as in the data, with a capital: SO is a layer where `so` is only a word."""
    if text in {"A", "I"} or not any(letter.isupper() for letter in text) or (text.istitle() and name in CORE):
        return None
    conditions = tuple(each for each in index.values.get(name, ()) if each.values == (text,))
    return _value(conditions) if conditions else None


def _value(conditions: tuple[OneOf, ...]) -> Meaning:
    return Meaning("pred", conditions[0]) if len(conditions) == 1 else Meaning("unsettled", conditions)


def _settled(item: Item, all_items: Items) -> Item:
    """A value of several columns belongs to the one that the question names."""
    if item.kind != "unsettled":
        return item
    named = {each.value.name for each in all_items if isinstance(each.value, Column)}
    mentioned = [each for each in item.value if each.column in named]
    if len(mentioned) == 1:
        return item.become("pred", mentioned[0])
    labels = tuple((f"{each.column} = {each.values[0]}", f"{each.column} {each.values[0]}") for each in item.value)
    message = f"{item.text!r} is a value of several columns: {'; '.join(label for label, _ in labels)}. Which one?"
    raise Ambiguous(message, item.start, item.end, labels)


def _single(token: Token, before: Items, index: Index) -> Items:
    place = (token.start, token.end)
    follows_number = bool(before) and before[-1].kind == "number"
    if follows_number and (token.key in UNIT_WORDS or token.text == "%"):
        return [Item("unit", *place, token.text)]
    if token.kind == "sign":
        return [Item(SIGNS.get(token.text, "skip"), *place)]
    if token.kind in TYPES:
        kind = "word" if token.kind == "date" and isinstance(token.value, str) else TYPES[token.kind]
        return [Item(kind, *place, token.value)]
    if token.key in ORDINALS:
        return [Item("ordinal", *place, ORDINALS[token.key])]
    if isinstance(token.value, int):
        return [Item("number", *place, token.value)]
    return _part(token, index)


def _part(token: Token, index: Index) -> Items:
    """L5 for layer 5, MC for L5_MC and L6_MC, threshold for threshold_current, unprotected for not protected."""
    place = (token.start, token.end)
    positive = index.columns.get(token.key.removeprefix("un"))
    if token.key.startswith("un") and positive is not None and index.kind(positive) == "flag":
        return [Item("pred", *place, OneOf(positive.name, (False,)))]
    if (short := _numbered(token.text, index)) is not None:
        return [Item("pred", *place, short)]
    if token.text in index.value_parts:
        return [Item("pred", *place, index.value_parts[token.text])]
    columns = index.parts.get(stem(token.key), ())
    if len(columns) > 1:
        message = f"{token.text!r} can be {' or '.join(column.name for column in columns)}. Which one?"
        raise Ambiguous(message, *place, tuple((column.name, column.name) for column in columns))
    return [Item(index.kind(column), *place, column) for column in columns] or [Item("word", *place)]


def _numbered(text: str, index: Index) -> OneOf | None:
    letters, digits = text.rstrip("0123456789"), text[len(text.rstrip("0123456789")) :]
    column = index.columns.get("layer") if letters in {"L", "l"} and digits else None
    return OneOf(column.name, (digits,)) if column is not None and _has(column, digits) else None


def _has(column: Column, text: str) -> bool:
    return any(each.value == text for each in column.values)
