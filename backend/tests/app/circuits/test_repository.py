"""Who has registered what."""

from datetime import UTC, datetime

import pytest

from neuroagent.app.circuits.models import CircuitRow
from neuroagent.app.circuits.repository import Repository
from neuroagent.app.circuits.schemas import Upload
from neuroagent.task_schemas.files import StoredFile

FILE = StoredFile(key="circuits/1/file", name="c", media_type="a/b", size=1, sha256="0" * 64)


@pytest.fixture
async def of_ann(repository: Repository) -> CircuitRow:
    row = CircuitRow(
        id="1",
        owner="ann",
        name="c",
        format="auto",
        source=Upload(file=FILE).model_dump(mode="json"),
        task_id=None,
        created_at=datetime.now(UTC),
    )
    await repository.add(row)
    return row


async def test_a_circuit_is_its_owner_s_alone(repository: Repository, of_ann: CircuitRow) -> None:
    assert await repository.find("1", "ann") is not None
    assert await repository.find("1", "bob") is None
    assert (await repository.count("ann"), await repository.count("bob")) == (1, 0)
    assert [row.id for row in await repository.page("ann", 10)] == ["1"]
    assert await repository.page("bob", 10) == []


async def test_its_file_is_its_owner_s_to_the_last_digit(repository: Repository, of_ann: CircuitRow) -> None:
    assert await repository.owns(FILE, "ann")

    assert not await repository.owns(FILE, "bob")
    for field, other in (
        ("sha256", "1" * 64),
        ("key", "circuits/1/other"),
        ("key", "circuits/1"),
        ("key", "circuits/2/file"),
        ("key", "circuits/../tasks/1/file"),
        ("key", "tasks/1/file"),
        ("size", 2),
        ("name", "d"),
    ):
        assert not await repository.owns(FILE.model_copy(update={field: other}), "ann"), field


async def test_what_is_deleted_takes_no_file_any_more(repository: Repository, of_ann: CircuitRow) -> None:
    assert await repository.delete("1")

    assert not await repository.stored("1", FILE)
    assert not await repository.owns(FILE, "ann")
    assert not await repository.delete("1")


async def test_the_task_that_describes_it_is_written_down(repository: Repository, of_ann: CircuitRow) -> None:
    assert await repository.described_by("1", "t")

    found = await repository.find("1", "ann")
    assert found is not None
    assert found.task_id == "t"
