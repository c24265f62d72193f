"""A thread's file as a job names it."""

from app.chat.tellings import NOON

from neuroagent.app.chat.files.models import ThreadFileRow
from neuroagent.task_schemas.files import StoredFile


def test_it_is_the_file_in_the_store() -> None:
    file = StoredFile(key="threads/t1/1", name="a.csv", media_type="text/csv", size=3, sha256="0" * 64)

    row = ThreadFileRow(id="1", thread_id="t1", kind="upload", created_at=NOON, **file.model_dump())

    assert row.stored == file
