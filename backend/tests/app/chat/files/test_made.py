"""What a call made belongs to the thread; what it merely names doesn't."""

from typing import Any

from app.chat.tellings import message, ran, stored, tell

from neuroagent.app.chat.files.made import made, stored_in
from neuroagent.app.chat.files.repository import ThreadFiles
from neuroagent.app.chat.files.settings import FileLimits
from neuroagent.app.chat.threads import Threads
from neuroagent.app.storage import Storage
from neuroagent.task_schemas.python import Figure, HomeFile

PNG, TABLE = stored("figure-1.png"), stored("out.csv", "text/csv")
OUTPUT: dict[str, Any] = {
    "figures": (Figure(kind="matplotlib", files=(PNG,)),),
    "files": (HomeFile(path="deep/out.csv", change="created", file=TABLE),),
}


def test_figures_and_files_each_with_their_call() -> None:
    assert made(ran("plot()", "r-0-1", **OUTPUT)) == [("r-0-1", PNG), ("r-0-1", TABLE)]


def test_the_same_file_named_twice_is_one() -> None:
    assert len(made(ran("x", figures=OUTPUT["figures"] * 2))) == 1


def test_another_task_s_file_is_not_believed() -> None:
    hers = Figure(kind="matplotlib", files=(stored("a.png", task="another"),))
    below = Figure(kind="matplotlib", files=(PNG.model_copy(update={"key": "threads/t2/x"}),))

    assert made(ran("x", figures=(hers, below))) == []


def test_a_call_of_which_no_task_is_known_made_nothing() -> None:
    assert made(ran("x", **OUTPUT)[:2]) == []


def test_what_only_looks_like_a_file_is_none() -> None:
    odd = {"key": "", "name": 1, "media_type": [], "size": -1, "sha256": "x"}

    assert list(stored_in([odd, {"file": odd}, "tasks/1/a", None, 3])) == []


async def test_they_are_listed_with_the_thread(threads: Threads, storage: Storage) -> None:
    await tell(threads, message(ran("plot()", **OUTPUT), "a1", role="assistant"))

    rows = await ThreadFiles(threads.ledger, storage, FileLimits()).page("t1")

    assert sorted((row.kind, row.name, row.message_id, row.call_id) for row in rows) == [
        ("made", "figure-1.png", "a1", "r-0-0"),
        ("made", "out.csv", "a1", "r-0-0"),
    ]
