"""The workers' settings: `.env.tasks`, prefix TASKS_."""

from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field

from neuroagent.config.logging import LoggingSettings
from neuroagent.config.redis import RedisSettings
from neuroagent.config.settings import ProcessSettings, Section, process_config
from neuroagent.tasks.llm import LlmSettings

PREFIX = "TASKS_"


class CircuitSettings(Section):
    """Questions to circuits: where tables are kept, where links may lead, and what one question may take."""

    cache_folder: Path = Field(
        Path("~/.cache/neuroagent/circuits"),
        description="Where tables that were read before are kept; the workers of a machine share it.",
    )
    cache_bytes: int = Field(10 * 2**30, gt=0, description="How much is kept; the least recently used goes first.")
    link_hosts: str = Field(
        "",
        description="Hosts that people's links may lead to, with commas between; `.example.org` means all below it.",
    )
    link_loopback: bool = Field(
        False, description="Links may lead to this machine itself, without TLS; for development."
    )
    link_bytes: int = Field(64 * 2**30, gt=0, description="The largest file that is fetched.")
    reader_seconds: float = Field(240, gt=0, description="How long reading a file may take.")
    query_seconds: float = Field(20, gt=0, description="How long one query may take.")
    query_memory: int = Field(512, ge=64, description="Megabytes that one query may take.")

    @property
    def hosts(self) -> tuple[str, ...]:
        return tuple(host.strip() for host in self.link_hosts.split(",") if host.strip())


class SandboxSettings(Section):
    """The Python sandbox: its image, its limits, and how strictly its wall is wanted."""

    image: Path = Field(
        Path("~/.cache/neuroagent/sandbox"), description="The folder in which `./dev sandbox build` keeps the image."
    )
    packages: str = Field(
        "plotly,matplotlib,numpy,pandas,scipy,scikit-learn,sympy,networkx,pydantic",
        description="What the image gets, with commas between, and all that these need.",
    )
    preload: str = Field(
        "plotly.graph_objects,pydantic,numpy",
        description="Modules that are imported already when a script starts, with commas between.",
    )
    distribution: str | None = Field(
        None, description="Address of Pyodide's own wheels; by default the one that Pyodide's loader names."
    )
    wheels: Path | None = Field(None, description="A folder of further wheels, with their hashes in SHA256SUMS.")
    standby: int = Field(1, ge=0, le=32, description="Interpreters that each worker process keeps ready.")
    memory: int = Field(1024, ge=128, le=4096, description="Megabytes that a script may fill.")
    output: int = Field(200_000, ge=1_000, description="Bytes of output that are kept; a mark stands where it was cut.")
    require: str = Field(
        "",
        description="Layers of the wall without which no sandbox starts, with commas between: namespaces, root, user, "
        "parent, no_new_privs, landlock, limits, seccomp.",
    )

    @staticmethod
    def listed(names: str) -> tuple[str, ...]:
        return tuple(name.strip() for name in names.split(",") if name.strip())


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
    circuit: CircuitSettings = CircuitSettings()
    llm: LlmSettings = LlmSettings()
    logging: LoggingSettings = LoggingSettings()
    sandbox: SandboxSettings = SandboxSettings()
    celery: dict[str, Any] = Field(
        {},
        description="Any Celery option under its own name: `TASKS_CELERY__WORKER_CONCURRENCY=4`.",
        examples=["__WORKER_CONCURRENCY=4"],
    )

    @property
    def queue_names(self) -> list[str]:
        return [name.strip() for name in (self.queues or "").split(",") if name.strip()]
