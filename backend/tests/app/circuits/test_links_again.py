"""A provider's link that ran out while a task runs: another, for its circuit's owner alone."""

import asyncio
import json
from collections.abc import Iterator

import pytest
from app.circuits.test_entitycore import ASSETS, SIGNED, Provider, core, provider
from app.conftest import Engine
from app.engine.workers_of_tests import done
from redis import Redis

from neuroagent.app.circuits.links_again import LinksAgain
from neuroagent.app.circuits.repository import Repository
from neuroagent.app.circuits.schemas import Asking, EntityCoreCircuit, Link, Registration
from neuroagent.app.circuits.service import Circuits
from neuroagent.app.engine.redis import RedisLines
from neuroagent.app.engine.renewals import LINK, Renewals
from neuroagent.app.errors import NotFound
from neuroagent.app.storage import Grants
from neuroagent.task_schemas.circuit import TALK_TO_DF, CircuitLink
from neuroagent.task_schemas.jobs import RenewalReply, RenewalRequest

REPLY_TO = f"grants:reply:{'0' * 32}"
THALAMUS = Registration(name="thalamus", source=EntityCoreCircuit(id="c1"))


@pytest.fixture
def there() -> Iterator[Provider]:
    with provider() as given:
        given.pages["/api/circuit/c1"] = (200, "", json.dumps(ASSETS).encode())
        given.pages["/api/circuit/c1/assets/a/download"] = (307, SIGNED, b"")
        yield given


@pytest.fixture
def again(repository: Repository, there: Provider) -> LinksAgain:
    return LinksAgain(repository, core(there))


@pytest.fixture
def renewals(engine: Engine, grants: Grants, lines: RedisLines, again: LinksAgain) -> Renewals:
    return Renewals(engine.ledger, grants, lines.commands, again)


@pytest.fixture
def of_provider(circuits: Circuits, there: Provider) -> Circuits:
    return Circuits(
        circuits.repository, circuits.tasks, circuits.storage, circuits.intake, core(there), circuits.settings
    )


async def answered(renewals: Renewals, redis: Redis, task_id: str, renewal: str) -> RenewalReply:
    request = RenewalRequest(task_id=task_id, renewal=renewal, reply_to=REPLY_TO)
    await renewals.answer(request.model_dump_json().encode())
    _, raw = await asyncio.to_thread(redis.blpop, [REPLY_TO], 10)
    return RenewalReply.model_validate_json(raw)


async def test_the_job_s_link_can_be_renewed_while_the_task_runs(
    of_provider: Circuits, renewals: Renewals, redis_client: Redis, there: Provider, engine: Engine
) -> None:
    row = await of_provider.register("ann", THALAMUS)
    task = await of_provider.ask(row, Asking(question="How many?"))
    link = TALK_TO_DF.decode((await of_provider.tasks.mine(task.id, "ann")).input).circuit
    assert isinstance(link, CircuitLink)
    there.pages["/api/circuit/c1/assets/a/download"] = (307, "https://store.example/circuit.gz?signature=new", b"")

    reply = await answered(renewals, redis_client, task.id, link.renewal)

    assert reply == RenewalReply(link="https://store.example/circuit.gz?signature=new")
    await engine.ledger.apply([(task.id, done())])
    assert (await answered(renewals, redis_client, task.id, link.renewal)).refusal == "the task isn't running"


async def test_nobody_renews_another_s(of_provider: Circuits, renewals: Renewals, redis_client: Redis) -> None:
    of_ann = await of_provider.register("ann", THALAMUS)
    of_bob = await of_provider.register("bob", THALAMUS)
    task = await of_provider.ask(of_bob, Asking(question="How many?"))

    reply = await answered(renewals, redis_client, task.id, f"{LINK}{of_ann.id}")

    assert (reply.link, reply.refusal) == ("", "The circuit is not among its owner's any more.")


async def test_a_provider_that_is_away_is_a_refusal_with_its_reason(
    of_provider: Circuits, renewals: Renewals, redis_client: Redis, there: Provider
) -> None:
    task = await of_provider.ask(await of_provider.register("ann", THALAMUS), Asking(question="How many?"))
    circuit = (await of_provider.page("ann"))[0]
    there.pages.clear()

    assert "no circuit 'c1'" in (await answered(renewals, redis_client, task.id, f"{LINK}{circuit.id}")).refusal


async def test_what_a_person_linked_is_no_provider_s(circuits: Circuits, again: LinksAgain) -> None:
    row = await circuits.register("ann", Registration(name="far", source=Link(url="https://x.example/c.gz")))

    with pytest.raises(NotFound):
        await again(row.id, "ann")
