"""What the child may use up."""

from __future__ import annotations

import resource

from neuroagent.tasks.wall.inside.kernel import Missing

TYPE_CHECKING = False  # the module `typing` takes longer to import than all the rest
if TYPE_CHECKING:
    from neuroagent.tasks.wall.inside.order import Order


def set_limits(order: Order) -> str:
    refused = [name for name, most in order["limits"].items() if not _set(name, most)]
    if refused:
        raise Missing(f"the system takes no limit for {', '.join(refused)}")
    return ", ".join(order["limits"])


def _set(name: str, most: int) -> bool:
    kind = getattr(resource, f"RLIMIT_{name}", None)
    if kind is None:
        return False
    _, hardest = resource.getrlimit(kind)
    hard = most + 1 if name == "CPU" else most  # a second between being told and being killed
    if hardest != resource.RLIM_INFINITY:
        hard = min(hard, hardest)
    try:
        resource.setrlimit(kind, (min(most, hard), hard))
    except (OSError, ValueError):
        return False
    return True
