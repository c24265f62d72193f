"""The real app with the contracts of the faults: `uvicorn end_to_end.faults.napping_app:app`."""

from typing import Any

from end_to_end.faults.naps import NAP, POISON

from neuroagent.app.main import app
from neuroagent.task_schemas import CONTRACTS

__all__ = ["app"]

contracts: dict[str, Any] = CONTRACTS
contracts.update({contract.name: contract for contract in (NAP, POISON)})
