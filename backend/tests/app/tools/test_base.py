"""A tool takes what fits its arguments, and says what doesn't."""

import pytest

from neuroagent.app.errors import InvalidInput
from neuroagent.app.tools.base import ToolContext
from neuroagent.app.tools.system import CHECK_WORKER
from neuroagent.task_schemas.system import WorkerHealthCheckInput

CONTEXT = ToolContext("ada", "trace")


async def test_what_fits_becomes_a_job() -> None:
    assert await CHECK_WORKER.job_of({"store": True}, CONTEXT) == WorkerHealthCheckInput(store=True)


@pytest.mark.parametrize(
    ("given", "said"),
    [({"store": "perhaps"}, "store: Input should be"), ({"shop": 1}, "shop: Extra"), ([], "arguments: Input should")],
)
async def test_what_doesn_t_fit_is_said_without_the_value(given: object, said: str) -> None:
    with pytest.raises(InvalidInput, match="The arguments don't fit 'check_worker'") as refused:
        await CHECK_WORKER.job_of(given, CONTEXT)  # type: ignore[arg-type]  # a model may write anything

    assert said in str(refused.value)
    assert "perhaps" not in str(refused.value)


def test_it_is_offered_with_the_schema_of_its_arguments() -> None:
    offer = CHECK_WORKER.offer

    assert offer.name == "check_worker"
    assert list(offer.schema["properties"]) == ["store"]
