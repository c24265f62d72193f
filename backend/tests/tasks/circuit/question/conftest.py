"""Two populations to ask about, and what becomes of a question to them."""

from collections.abc import Callable

import pytest
from question_sets import Table, table

from neuroagent.tasks.circuit.question.grammar import parse
from neuroagent.tasks.circuit.question.index import Index
from neuroagent.tasks.circuit.question.sql import write

Written = Callable[[str], str]


@pytest.fixture
def neurons() -> Table:
    return table("neurons")


@pytest.fixture
def orders() -> Table:
    return table("orders")


@pytest.fixture
def sql(neurons: Table) -> Written:
    """A question to the neurons as SQL on one line."""
    return lambda question: _written(question, neurons.index)


@pytest.fixture
def shop_sql(orders: Table) -> Written:
    return lambda question: _written(question, orders.index)


def _written(question: str, index: Index) -> str:
    return " ".join(write(parse(question, index).query).split())
