"""The system family: is a worker there, and can it do its work?"""

from datetime import UTC, datetime, timedelta

from neuroagent import __version__
from neuroagent.task_schemas.events import Artifact, Log, Progress
from neuroagent.task_schemas.system import PingInput, WorkerHealthCheckInput
from neuroagent.tasks.runtime.report import Report
from neuroagent.tasks.system.task import ping, worker_health_check


def test_ping_answers_with_the_time(report: Report) -> None:
    answer = ping(PingInput(), report)

    assert answer.pong
    assert datetime.now(UTC) - answer.timestamp < timedelta(minutes=1)


def test_a_health_check_tells_what_the_worker_is(report: Report, told: list[Progress | Log | Artifact]) -> None:
    health = worker_health_check(WorkerHealthCheckInput(), report)

    assert health.redis_reachable
    assert (health.families, health.queues) == (["system"], ["default_q"])
    assert health.versions["neuroagent"] == __version__
    assert health.stored is None
    assert told[0] == Progress(text="asking Redis", fraction=0.1)
