"""Which families a worker serves: it imports those, and no other."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module

from neuroagent.task_schemas import CONTRACTS, FAMILIES, QUEUES

logger = logging.getLogger(__name__)

ROOT = "neuroagent"


class NothingToServe(Exception):
    """None of the queues asked for can be served."""


@dataclass(frozen=True)
class Serving:
    """The outcome: what is imported, and the queues it fulfils."""

    families: tuple[str, ...]
    queues: tuple[str, ...]


def serve(asked: Sequence[str]) -> Serving:
    """Import the families of these queues; with none asked for, every family that is installed."""
    queues = [queue for queue in asked or QUEUES if _is_known(queue)]
    families = [family for family in _families_of(queues) if _imported(family)]
    served = tuple(queue for queue in queues if _family_of(queue) in families)
    if not served:
        raise NothingToServe(_nothing(asked))
    return Serving(tuple(families), served)


def _families_of(queues: Iterable[str]) -> list[str]:
    return [family for family in FAMILIES if family in {_family_of(queue) for queue in queues}]


def _family_of(queue: str) -> str:
    return next(contract.family for contract in CONTRACTS.values() if contract.queue == queue)


def _is_known(queue: str) -> bool:
    if queue not in QUEUES:
        logger.warning("queue.left_alone", extra={"queue": queue, "reason": "no task is written for it"})
    return queue in QUEUES


def _imported(family: str) -> bool:
    try:
        import_module(f"{ROOT}.tasks.{family}.task")
    except ModuleNotFoundError as error:
        if not _is_left_out(error.name or "", family):
            raise
        install = f"pip install 'neuroagent[{family}]'"
        logger.warning("family.not_installed", extra={"family": family, "missing": error.name, "install": install})
        return False
    return True


def _is_left_out(missing: str, family: str) -> bool:
    """The family's folder isn't in this image, or its packages aren't; our own broken import is a bug."""
    return f"{missing}.".startswith(f"{ROOT}.tasks.{family}.") or not f"{missing}.".startswith(f"{ROOT}.")


def _nothing(asked: Sequence[str]) -> str:
    wanted = ", ".join(asked) or "any queue"
    return f"Nothing to serve: this installation has no task for {wanted}. There are tasks for {', '.join(QUEUES)}."
