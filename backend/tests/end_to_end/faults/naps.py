"""The tasks of the faults, as both sides know them."""

from datetime import timedelta
from typing import Final

from neuroagent.task_schemas.contract import Message, Retries, TaskContract
from neuroagent.task_schemas.system import QUEUE

POISON_ATTEMPTS: Final = 2


class NapInput(Message):
    seconds: float


class NapOutput(Message):
    run: str


class PoisonInput(Message):
    pass


NAP: Final = TaskContract(
    "nap", QUEUE, NapInput, NapOutput, timedelta(minutes=1), "Sleeps, and says so in the diary.", Retries(attempts=5)
)
POISON: Final = TaskContract(
    "poison",
    QUEUE,
    PoisonInput,
    NapOutput,
    timedelta(minutes=1),
    "Kills the process that runs it.",
    Retries(attempts=POISON_ATTEMPTS),
)
