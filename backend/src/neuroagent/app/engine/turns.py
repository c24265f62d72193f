"""What Redis knows of tasks, asked and changed from the app's side by the rules that both sides keep."""

from collections.abc import Sequence
from dataclasses import dataclass

from redis.asyncio import Redis

from neuroagent.task_schemas.events import FIELD, Ending, Event, Pause
from neuroagent.task_schemas.events import events as wire
from neuroagent.task_schemas.turns import END, KEPT_SECONDS, LONGEST_INBOX, LONGEST_STREAM, NOBODY, Keys, mark_key

PAGE = 500


@dataclass(frozen=True)
class Seen:
    """One task as Redis has it at this moment."""

    final: Ending | None
    pause: Pause | None
    leased: bool
    attempts: int | None


@dataclass(frozen=True)
class Turns:
    redis: Redis

    async def see(self, task_ids: Sequence[str]) -> list[Seen]:
        async with self.redis.pipeline(transaction=False) as pipeline:
            for keys in map(Keys, task_ids):
                pipeline.get(keys.final).get(keys.pause).exists(keys.lease).get(keys.attempts)
            found = await pipeline.execute()
        return [_seen(*found[start : start + 4]) for start in range(0, len(found), 4)]

    async def finals(self, task_ids: Sequence[str]) -> dict[str, Ending]:
        """How those ended that did."""
        found = await self.redis.mget([Keys(task_id).final for task_id in task_ids])
        told = {task_id: wire.validate_json(raw) for task_id, raw in zip(task_ids, found, strict=True) if raw}
        return {task_id: event for task_id, event in told.items() if isinstance(event, Ending)}

    async def queue_has_passed(self, queues: Sequence[str]) -> dict[str, float]:
        """For each queue the time up to which its messages have had their turn: all of it when it is empty."""
        async with self.redis.pipeline(transaction=False) as pipeline:
            for queue in queues:
                pipeline.llen(queue).get(mark_key(queue))
            found = await pipeline.execute()
        pairs = zip(queues, found[::2], found[1::2], strict=True)
        return {queue: float(mark or 0) if length else float("inf") for queue, length, mark in pairs}

    async def end(self, task_id: str, inbox: str, event: Ending) -> bool:
        """End what no worker holds; whether it was for us to end."""
        all_keys = Keys(task_id).of_an_ending(inbox)
        given = (NOBODY, wire.dump_json(event), task_id, KEPT_SECONDS, LONGEST_STREAM, LONGEST_INBOX, event.type)
        return bool(await self.redis.eval(END, len(all_keys), *all_keys, *given) == b"told")

    async def forget(self, task_id: str) -> None:
        """A person wants it from the start: what Redis knows of the attempts before must not count."""
        keys = Keys(task_id)
        await self.redis.delete(keys.final, keys.lease, keys.attempts, keys.cancel, keys.pause)

    async def forget_pause(self, task_id: str) -> None:
        """It is over: the task is sent again."""
        await self.redis.delete(Keys(task_id).pause)

    async def forget_attempts(self, task_id: str) -> None:
        keys = Keys(task_id)
        await self.redis.delete(keys.attempts, keys.pause)

    async def ask_to_stop(self, task_id: str) -> None:
        await self.redis.set(Keys(task_id).cancel, "1", ex=KEPT_SECONDS)

    async def watch(self, task_id: str, inbox: str) -> None:
        async with self.redis.pipeline() as pipeline:
            pipeline.sadd(Keys(task_id).watchers, inbox).expire(Keys(task_id).watchers, KEPT_SECONDS)
            await pipeline.execute()

    async def unwatch(self, task_id: str, inbox: str) -> None:
        await self.redis.srem(Keys(task_id).watchers, inbox)

    async def told(self, task_id: str, after: str = "0") -> list[tuple[str, Event]]:
        """What the stream holds after this entry."""
        told: list[tuple[str, Event]] = []
        while True:
            page = await self.redis.xrange(Keys(task_id).stream, min=f"({after}" if after != "0" else "-", count=PAGE)
            told += [(entry.decode(), wire.validate_json(fields[FIELD.encode()])) for entry, fields in page]
            if len(page) < PAGE:
                return told
            after = told[-1][0]


def _seen(final: bytes | None, pause: bytes | None, leased: int, attempts: bytes | None) -> Seen:
    ending, rest = (wire.validate_json(raw) if raw else None for raw in (final, pause))
    return Seen(
        final=ending if isinstance(ending, Ending) else None,
        pause=rest if isinstance(rest, Pause) else None,
        leased=bool(leased),
        attempts=int(attempts) if attempts else None,
    )
