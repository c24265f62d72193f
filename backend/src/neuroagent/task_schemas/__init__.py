"""The agreement between the app and its workers: every task there is, one line each."""

from typing import Any, Final

from neuroagent.task_schemas import circuit, python, system
from neuroagent.task_schemas.contract import TaskContract

_ALL: Final[tuple[TaskContract[Any, Any], ...]] = (
    system.PING,
    system.WORKER_HEALTH_CHECK,
    circuit.TALK_TO_DF,
    circuit.DESCRIBE_CIRCUIT,
    python.RUN_PYTHON,
)

CONTRACTS: Final = {contract.name: contract for contract in _ALL}
QUEUES: Final = tuple(dict.fromkeys(contract.queue for contract in _ALL))
FAMILIES: Final = tuple(dict.fromkeys(contract.family for contract in _ALL))
