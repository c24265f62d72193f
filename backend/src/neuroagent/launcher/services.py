"""The services of the system: their commands, and the environment that makes them find each other."""

from collections.abc import Mapping
from pathlib import Path

from neuroagent.launcher import redis
from neuroagent.launcher.environments import Environment
from neuroagent.launcher.plan import OWN_REDIS, Plan
from neuroagent.launcher.supervisor import Service

GRACE = {"app": 3.0, "tasks": 4.0, "redis": 2.0}  # together below the ten seconds that stopping may take
PREFIXES = ("NEUROAGENT_", "TASKS_")
NOT_PASSED_ON = ("PYTHONPATH", "DEV_UP_SHELL")


def app(plan: Plan, environment: Mapping[str, str]) -> Service:
    python = Environment(plan.checkout, "app").python
    address = ("--host", plan.host, "--port", str(plan.port))
    command = (str(python), "-m", "uvicorn", "neuroagent.app.main:app", *address)
    return Service("app", command, environment, plan.checkout.root, GRACE["app"])


def tasks(plan: Plan, environment: Mapping[str, str]) -> Service:
    python = Environment(plan.checkout, "tasks").python
    alone = ("--without-gossip", "--without-mingle")  # there is no other worker to ask, which takes a second
    command = (str(python), "-m", "celery", "--quiet", "-A", "neuroagent.tasks.main", "worker", *alone)
    return Service("tasks", command, environment, plan.checkout.root, GRACE["tasks"])


def redis_server(binary: Path, config: redis.RedisConfig, environment: Mapping[str, str]) -> Service:
    command = (str(binary), str(config.save()))
    return Service("redis", command, environment, config.folder, GRACE["redis"])


def environment(plan: Plan, *, colours: bool) -> dict[str, str]:
    """The user's own wins, except where the plan has weighed it already."""
    defaults = {
        "NEUROAGENT_STORAGE__PUBLIC_URL": plan.url,
        "TASKS_CIRCUIT__CACHE_FOLDER": str(plan.data / "circuits"),
        "PYTHONUNBUFFERED": "1",
        **{f"{prefix}LOGGING__FORMAT": "console" for prefix in PREFIXES},
        **{f"{prefix}LOGGING__COLOURS": str(colours).lower() for prefix in PREFIXES},
    }
    settled = {
        "NEUROAGENT_DATA_FOLDER": str(plan.data),
        "NEUROAGENT_SERVER__HOST": plan.host,
        "NEUROAGENT_SERVER__PORT": str(plan.port),
    }
    given = {name: value for name, value in plan.environ.items() if name not in NOT_PASSED_ON}
    return {**defaults, **given, **settled, **redis_address(plan)}


def redis_address(plan: Plan) -> dict[str, str]:
    """Both sides have to mean the same server."""
    if plan.user_has_redis:
        return _for_the_workers_too(plan.environ)
    ours = {"HOST": "127.0.0.1", "PORT": str(plan.redis_port), "PASSWORD": redis.password_of(plan.data, plan.environ)}
    sides = [prefix for prefix in PREFIXES if not _names_a_server(prefix, plan.environ)]
    return {f"{prefix}REDIS__{name}": value for prefix in sides for name, value in ours.items()}


def _for_the_workers_too(environ: Mapping[str, str]) -> dict[str, str]:
    if _names_a_server("TASKS_", environ):
        return {}
    app_prefix = "NEUROAGENT_REDIS__"
    theirs = {name: value for name, value in environ.items() if name.startswith(app_prefix)}
    return {name.replace(app_prefix, "TASKS_REDIS__", 1): value for name, value in theirs.items()}


def _names_a_server(prefix: str, environ: Mapping[str, str]) -> bool:
    return any(environ.get(f"{prefix}REDIS__{name}") for name in OWN_REDIS)
