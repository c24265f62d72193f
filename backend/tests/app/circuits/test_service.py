"""What can be done with a circuit, and by whom."""

from collections.abc import AsyncIterator

import pytest
from stores import bytes_of, chunks

from neuroagent.app.circuits.models import CircuitRow
from neuroagent.app.circuits.schemas import Asking, Link, Registration
from neuroagent.app.circuits.service import Circuits
from neuroagent.app.engine.dispatch import files_in
from neuroagent.app.errors import Conflict, InvalidInput, NotFound
from neuroagent.task_schemas.circuit import TALK_TO_DF, CircuitFile, CircuitLink, CircuitName, TalkToDfInput
from neuroagent.task_schemas.system import PING, PingInput

ELSEWHERE = Registration(name="far", source=Link(url="https://x.example/c.gz"))


@pytest.fixture
async def of_ann(circuits: Circuits) -> CircuitRow:
    return await circuits.upload("ann", "c.csv", "csv", chunks(b"a,b\n", b"1,2\n"))


async def question(circuits: Circuits, row: CircuitRow, asking: Asking) -> TalkToDfInput:
    task = await circuits.ask(row, asking)
    return TALK_TO_DF.decode((await circuits.tasks.mine(task.id, row.owner)).input)


async def test_an_upload_is_asked_as_a_file_of_the_store(circuits: Circuits, of_ann: CircuitRow) -> None:
    job = await question(circuits, of_ann, Asking(question="How many?", population="p"))

    assert isinstance(job.circuit, CircuitFile)
    assert await bytes_of(circuits.storage, job.circuit.file.key) == b"a,b\n1,2\n"
    assert (job.question, job.format, job.population) == ("How many?", "csv", "p")


async def test_a_link_is_asked_as_it_was_given(circuits: Circuits) -> None:
    row = await circuits.register("ann", ELSEWHERE)

    job = await question(circuits, row, Asking(question="How many?"))

    assert job.circuit == CircuitLink(url="https://x.example/c.gz", name="far")


async def test_a_stranger_can_t_have_it_read_to_him(circuits: Circuits, of_ann: CircuitRow) -> None:
    job = await question(circuits, of_ann, Asking(question="How many?"))

    with pytest.raises(NotFound, match="There is no file"):
        await circuits.tasks.submit(TALK_TO_DF, job, owner="bob", trace_id="t")
    with pytest.raises(NotFound, match="There is no circuit"):
        await circuits.mine(of_ann.id, "bob")
    assert [file.key for file in files_in(job)] == [f"circuits/{of_ann.id}/file"]


async def test_the_place_s_synonyms_are_known_and_one_s_own_win(circuits: Circuits, of_ann: CircuitRow) -> None:
    plain = await question(circuits, of_ann, Asking(question="How many?"))
    own = await question(circuits, of_ann, Asking(question="How many?", synonyms={"zapper": "a = 1", "b": "a"}))

    assert plain.synonyms == {"zapper": "synapse_class = EXC"}
    assert own.synonyms == {"zapper": "a = 1", "b": "a"}


async def test_a_thread_grows_by_the_question_before(circuits: Circuits, of_ann: CircuitRow) -> None:
    first = await circuits.ask(of_ann, Asking(question="How many?"))
    second = await circuits.ask(of_ann, Asking(question="and of a?", after=first.id))

    third = await question(circuits, of_ann, Asking(question="as percentages", after=second.id))

    assert [before.question for before in third.previous] == ["How many?", "and of a?"]


async def test_the_answer_says_which_circuit_it_is_of(circuits: Circuits, of_ann: CircuitRow) -> None:
    job = await question(circuits, of_ann, Asking(question="How many?"))

    assert job.known_as == CircuitName(id=of_ann.id, name="c.csv")


async def test_a_thread_is_one_s_own_and_of_questions(circuits: Circuits, of_ann: CircuitRow) -> None:
    ping = await circuits.tasks.submit(PING, PingInput(), owner="ann", trace_id="t")
    asked = await circuits.ask(of_ann, Asking(question="How many?"))
    of_bob = await circuits.register("bob", ELSEWHERE)

    with pytest.raises(InvalidInput, match="no question to a circuit"):
        await circuits.ask(of_ann, Asking(question="and?", after=ping.id))
    with pytest.raises(NotFound):
        await circuits.ask(of_bob, Asking(question="and?", after=asked.id))


async def test_an_upload_that_breaks_off_leaves_nothing(circuits: Circuits) -> None:
    async def breaking() -> AsyncIterator[bytes]:
        yield b"half"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await circuits.upload("ann", "c", "auto", breaking())

    assert await circuits.page("ann") == []


async def test_what_is_on_its_way_can_t_be_asked_but_deleted(circuits: Circuits) -> None:
    async def deleted_meanwhile() -> AsyncIterator[bytes]:
        yield b"half"
        [row] = await circuits.page("ann")
        with pytest.raises(Conflict, match="still on its way"):
            await circuits.ask(row, Asking(question="How many?"))
        await circuits.delete(row)
        yield b"and half"

    with pytest.raises(Conflict, match="deleted while it was uploaded"):
        await circuits.upload("ann", "c", "auto", deleted_meanwhile())

    assert await circuits.page("ann") == []


async def test_there_is_a_most_for_each_person(circuits: Circuits) -> None:
    for _ in range(3):
        await circuits.register("ann", ELSEWHERE)

    with pytest.raises(Conflict, match="3 circuits already"):
        await circuits.register("ann", ELSEWHERE)
    assert (await circuits.register("bob", ELSEWHERE)).owner == "bob"
