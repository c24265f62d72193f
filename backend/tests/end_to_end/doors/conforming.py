"""The tools that the public conformance suite asks for, as both sides know them."""

from datetime import timedelta
from typing import Final

from neuroagent.task_schemas.contract import Message, TaskContract
from neuroagent.task_schemas.system import QUEUE


class Nothing(Message):
    pass


class Text(Message):
    text: str


def _contract(name: str, says: str) -> TaskContract[Nothing, Text]:
    return TaskContract(name, QUEUE, Nothing, Text, timedelta(minutes=1), says)


SIMPLE: Final = _contract("test_simple", "Says something.")
ERROR: Final = _contract("test_error", "Fails.")
PROGRESS: Final = _contract("test_progress", "Says how far it is.")
SLOW: Final = _contract("test_slow", "Takes its time.")
ALL: Final = (SIMPLE, ERROR, PROGRESS, SLOW)
NAMES: Final = {
    "test_simple_text": SIMPLE,
    "test_error_handling": ERROR,
    "test_tool_with_progress": PROGRESS,
    "slow": SLOW,
}
