"""The thread that children are started from."""

import os
import threading

import pytest

from neuroagent.tasks.wall.keeper import in_lasting_thread


def test_every_start_comes_from_the_same_thread_whoever_asks() -> None:
    seen: list[int] = []
    askers = [threading.Thread(target=lambda: seen.append(in_lasting_thread(threading.get_ident))) for _ in range(3)]

    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()

    assert len(seen) == 3
    assert len(set(seen)) == 1
    assert seen[0] != threading.get_ident()


def test_an_error_comes_back_to_the_one_who_asked() -> None:
    with pytest.raises(ZeroDivisionError):
        in_lasting_thread(lambda: 1 // 0)


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_worker_gets_a_thread_of_its_own() -> None:
    in_lasting_thread(lambda: None)

    child = os.fork()
    if child == 0:  # a thread that didn't come along would make this wait for ever
        os._exit(in_lasting_thread(lambda: 7))

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
