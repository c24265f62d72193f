"""`./dev up`: everything in its order, then watch over it until told to stop."""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from neuroagent.launcher import claims, page, ports, readiness, records, redis, sandbox, services
from neuroagent.launcher.demo import Demo
from neuroagent.launcher.environments import SIDES, Environment, bring_up_to_date
from neuroagent.launcher.log import Log
from neuroagent.launcher.plan import Plan
from neuroagent.launcher.services import GRACE
from neuroagent.launcher.signals import Wish, listening
from neuroagent.launcher.supervisor import Supervisor, record_of
from neuroagent.launcher.terminal import Terminal
from neuroagent.launcher.uv import find_uv
from neuroagent.launcher.welcome import welcome

PATIENCE = 120.0  # seconds until it says what is missing and leaves it at that
REDIS_PATIENCE = 15.0
ROUND = 0.1
BETWEEN_QUESTIONS = 0.5


def up(plan: Plan, terminal: Terminal) -> int:
    plan.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with listening() as wish:
        claimed = claims.claim(plan.run_folder, plan.parts, claims.Holder.this_process(plan.url))
        try:
            end_leftovers(plan)
            require_ports(plan)
            binary = prepare(plan, terminal)
            wish.patient = True
            serve(plan, terminal, binary, wish)
        finally:
            for descriptor in claimed:
                os.close(descriptor)
    return 0


def end_leftovers(plan: Plan) -> list[str]:
    """What an `up` that was killed could not end itself."""
    ended = []
    for part in reversed(plan.parts):
        path = record_of(plan.run_folder, part)
        record = records.load(path)
        if record and records.end(record, GRACE[part]):
            ended.append(part)
        path.unlink(missing_ok=True)
    return ended


def require_ports(plan: Plan) -> None:
    if plan.starts("redis"):
        change = f"NEUROAGENT_REDIS__PORT={plan.redis_port + 10} ./dev up, or ./dev up --redis-port N"
        ports.require_free("127.0.0.1", plan.redis_port, "Redis", change)
    if plan.starts("app"):
        change = f"NEUROAGENT_SERVER__PORT={plan.port + 10} ./dev up, or ./dev up --port N"
        ports.require_free(plan.host, plan.port, "The app", change)


def prepare(plan: Plan, terminal: Terminal) -> Path | None:
    """The environments and the Redis binary, one step each."""
    sides = [part for part in ("app", "tasks") if plan.starts(part)]
    total = len(sides) + plan.starts("redis") + 1
    for number, side in enumerate(sides, start=1):
        environment = Environment(plan.checkout, side)
        current = environment.is_current()
        terminal.step(number, total, SIDES[side] + (", as locked" if current else " …"))
        if not current:
            bring_up_to_date(environment, lambda: find_uv(plan.checkout, terminal))
    if plan.starts("tasks"):
        sandbox.build_if_stale(Environment(plan.checkout, "tasks"), plan.environ, terminal)
        page.build_if_stale(Environment(plan.checkout, "tasks"), plan.environ, terminal)
    binary = _redis(plan, terminal, total) if plan.starts("redis") else None
    if plan.user_has_redis:
        terminal.say("     Redis is your own, as NEUROAGENT_REDIS__… says; none is started here.")
    terminal.step(total, total, f"Starting {', '.join(plan.parts)} …")
    return binary


def _redis(plan: Plan, terminal: Terminal, total: int) -> Path:
    if not redis.is_at_hand(plan.checkout, plan.environ):
        terminal.step(total - 1, total, "A Redis of our own …")
    binary = redis.redis_binary(plan.checkout, lambda: find_uv(plan.checkout, terminal), plan.environ)
    version = ".".join(str(part) for part in redis.version(binary) or ())
    where = "brought along" if plan.checkout.brought in binary.parents else str(binary)
    terminal.step(total - 1, total, f"Redis: {binary.name} {version} ({where})")
    return binary


def serve(plan: Plan, terminal: Terminal, binary: Path | None, wish: Wish) -> None:
    log = Log(terminal)
    supervisor = Supervisor(log, plan.run_folder)
    environment = services.environment(plan, colours=terminal.colours)
    try:
        _start(plan, supervisor, environment, binary, wish)
        _watch(plan, supervisor, log, wish)
    finally:
        log.status("")
        log.say(f"Stopping {', '.join(reversed(plan.parts))} … (Ctrl-C again: at once)")
        supervisor.stop(wish.in_a_hurry)
        log.say("Stopped.")
        log.close()


def _start(plan: Plan, supervisor: Supervisor, environment: Mapping[str, str], binary: Path | None, wish: Wish) -> None:
    if binary:
        config = redis.RedisConfig(plan.data / "redis", plan.redis_port, redis.password_of(plan.data, plan.environ))
        supervisor.start(services.redis_server(binary, config, environment))
        deadline = time.monotonic() + REDIS_PATIENCE
        while not redis.answers(config.port, config.password) and time.monotonic() < deadline and not wish.stop:
            supervisor.tend()
            time.sleep(ROUND)
    for part, make in (("tasks", services.tasks), ("app", services.app)):
        if plan.starts(part) and not wish.stop:
            supervisor.start(make(plan, environment))


@dataclass
class Arrival:
    """Whether it has been told that all is ready, or that it takes too long."""

    begun: float = field(default_factory=time.monotonic)
    asked: float = 0.0
    arrived: bool = False
    complained: bool = False

    def look(self, plan: Plan, log: Log) -> None:
        now = time.monotonic()
        if self.arrived or now - self.asked < BETWEEN_QUESTIONS:
            return
        state = readiness.ask(plan)
        self.asked, self.arrived = time.monotonic(), state.missing is None
        if state.missing is None:
            log.status("")
            log.say(welcome(plan, log.terminal))
        elif now - self.begun > PATIENCE and not self.complained:
            self.complained = True
            log.status("")
            log.say(f"Not ready after {PATIENCE:.0f} s; the app says: {state.answer}. Why may stand above; it goes on.")
        elif not self.complained:
            log.status(f"waiting: {state.missing}")


def _watch(plan: Plan, supervisor: Supervisor, log: Log, wish: Wish) -> None:
    arrival, demo = Arrival(), Demo(plan, log)
    try:
        while not wish.stop:
            supervisor.tend()
            arrival.look(plan, log)
            if arrival.arrived:
                demo.tend()
            time.sleep(ROUND)
    finally:
        demo.end()
