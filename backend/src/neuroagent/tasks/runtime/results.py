"""What Celery's own tools see of a task (`AsyncResult`, Flower): a copy for them, which nobody in the product reads."""

import json
import logging
from typing import Any, Final

from redis import RedisError

from neuroagent.task_schemas.errors import Failure
from neuroagent.task_schemas.events import Cancelled, Done, Ending, Event, Failed, Retrying, WaitingInput
from neuroagent.task_schemas.events import events as wire
from neuroagent.task_schemas.turns import KEPT_SECONDS
from neuroagent.tasks.runtime.turn import Turn

KEY: Final = "celery-task-meta-"

logger = logging.getLogger(__name__)


class ShownTurn(Turn):
    """A turn that also says in Celery's words how it goes; a courtesy, after the person has been told."""

    def claim(self, *given: Any) -> str:
        answer = super().claim(*given)
        if answer.isdecimal():
            self._show({"status": "STARTED", "result": {"hostname": self.worker}})
        return answer

    def _close(self, script: str, event: bytes, *more: str) -> str:
        answer = super()._close(script, event, *more)
        if answer in {"told", "paused"}:
            self._show(in_celery_s_words(wire.validate_json(event)))
        return answer

    def _show(self, said: dict[str, Any]) -> None:
        whole = json.dumps({"task_id": self.task_id, "traceback": None, "children": [], "date_done": None} | said)
        key = f"{KEY}{self.task_id}"
        try:
            with self.redis.pipeline(transaction=False) as pipeline:
                pipeline.set(key, whole, ex=KEPT_SECONDS).publish(key, whole)
                pipeline.execute()
        except RedisError as error:
            logger.warning("result.not_shown", extra={"task_id": self.task_id, "reason": str(error)})


def in_celery_s_words(event: Event) -> dict[str, Any]:
    ended = {"date_done": event.at.isoformat()} if isinstance(event, Ending) else {}
    match event:
        case Done(stored=stored):
            return ended | {"status": "SUCCESS", "result": stored.model_dump(mode="json") if stored else event.output}
        case Failed():
            return ended | {"status": "FAILURE", "result": _raised(event.failure)}
        case Retrying():
            return {"status": "RETRY", "result": _raised(event.failure)}
        case WaitingInput():
            return {"status": "STARTED", "result": {"question": event.question}}
        case Cancelled():
            revoked = {"exc_type": "TaskRevokedError", "exc_module": "celery.exceptions", "exc_message": ["cancelled"]}
            return ended | {"status": "REVOKED", "result": revoked}
        case _:
            return {"status": "STARTED", "result": None}


def _raised(failure: Failure) -> dict[str, Any]:
    said = f"{failure.code}: {failure.message}"
    return {"exc_type": "TaskError", "exc_module": "neuroagent.task_schemas.errors", "exc_message": [said]}
