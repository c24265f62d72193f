"""What an answer costs."""

import pytest

from neuroagent.app.llm.price import Price


@pytest.mark.parametrize(("read", "written", "cost"), [(0, 0, 0), (1_000_000, 0, 2.5), (1000, 500, 0.0075)])
def test_it_is_tokens_by_their_prices(read: int, written: int, cost: float) -> None:
    assert Price(2.5, 10).of(read, written) == cost
