"""The workers' settings: `.env.tasks`, prefix TASKS_."""

from typing import Any, ClassVar

from pydantic import Field

from neuroagent.config.logging import LoggingSettings
from neuroagent.config.redis import RedisSettings
from neuroagent.config.settings import ProcessSettings, process_config

PREFIX = "TASKS_"


class WorkerSettings(ProcessSettings):
    """Everything a worker can be told."""

    env_file: ClassVar[str] = ".env.tasks"
    model_config = process_config(PREFIX)

    queues: str | None = Field(
        None, description="Queues to serve, with commas between; `-Q` wins; by default those of every installed family."
    )
    lease: float = Field(
        10, ge=0.5, description="Seconds after which a task whose worker fell silent is given to another."
    )
    shows_results: bool = Field(
        False, description="Also write how tasks go where Celery's own tools look: `AsyncResult`, Flower."
    )
    redis: RedisSettings = RedisSettings()
    logging: LoggingSettings = LoggingSettings()
    celery: dict[str, Any] = Field(
        {}, description="Any Celery option under its own name: `TASKS_CELERY__WORKER_CONCURRENCY=4`."
    )

    @property
    def queue_names(self) -> list[str]:
        return [name.strip() for name in (self.queues or "").split(",") if name.strip()]
