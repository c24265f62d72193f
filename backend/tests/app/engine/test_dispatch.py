"""From a row to a message; test_client.py shows it at work."""

from neuroagent.app.engine.dispatch import files_in
from neuroagent.task_schemas.contract import Message
from neuroagent.task_schemas.files import StoredFile

FILE = StoredFile(key="tasks/1/a", name="a", media_type="text/plain", size=1, sha256="0" * 64)


class Deep(Message):
    files: list[StoredFile]
    by_name: dict[str, StoredFile]
    one: StoredFile | None = None
    text: str = "tasks/1/b"


def test_every_file_that_a_job_names_is_found_however_deep() -> None:
    other = FILE.model_copy(update={"key": "tasks/1/c"})

    assert files_in(Deep(files=[FILE], by_name={"x": other}, one=FILE)) == [FILE, other, FILE]


def test_a_text_that_looks_like_a_key_is_none() -> None:
    assert files_in(Deep(files=[], by_name={})) == []
