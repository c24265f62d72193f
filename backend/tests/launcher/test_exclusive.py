import threading
from pathlib import Path

from neuroagent.launcher.exclusive import exclusive


def test_the_second_waits_for_the_first(tmp_path: Path) -> None:
    order = []
    begun = threading.Event()

    def second() -> None:
        begun.set()
        with exclusive(tmp_path / "new" / "lock"):
            order.append("second")

    with exclusive(tmp_path / "new" / "lock"):
        other = threading.Thread(target=second)
        other.start()
        begun.wait()
        other.join(0.2)
        order.append("first")
    other.join()

    assert order == ["first", "second"]
