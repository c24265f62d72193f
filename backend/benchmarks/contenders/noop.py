"""The task that does nothing, by our own contract."""

from datetime import timedelta

from neuroagent.task_schemas.contract import Message, TaskContract
from neuroagent.task_schemas.system import QUEUE


class NoopInput(Message):
    number: int = 0


class NoopOutput(Message):
    number: int


NOOP = TaskContract("noop", QUEUE, NoopInput, NoopOutput, timedelta(seconds=30), "Gives its number back.")
