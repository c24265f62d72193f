import os
import threading
from pathlib import Path

from launcher.stand_ins import Output

from neuroagent.launcher.log import Log
from neuroagent.launcher.terminal import Terminal


def test_lines_of_many_arrive_whole_and_in_their_order(output: Output) -> None:
    def speak(name: str) -> None:
        for number in range(2000):
            output.log.line(name, f"{number} {'x' * 100}")

    speakers = [threading.Thread(target=speak, args=(name,)) for name in ("app", "tasks", "redis")]
    for speaker in speakers:
        speaker.start()
    for speaker in speakers:
        speaker.join()
    output.log.close(patience=60)

    lines = output.text().splitlines()
    for name in ("app", "tasks", "redis"):
        expected = [f"{name:<6} │ {number} {'x' * 100}" for number in range(2000)]
        assert [line for line in lines if line.startswith(name)] == expected


def test_what_is_awaited_is_said_once_where_lines_cannot_be_replaced(output: Output) -> None:
    for text in ("waiting: redis", "waiting: redis", "waiting: a worker"):
        output.log.status(text)
    output.log.close()

    assert output.text() == "waiting: redis\nwaiting: a worker\n"


def test_on_a_terminal_the_live_line_makes_way(tmp_path: Path) -> None:
    path = tmp_path / "screen"
    screen = Output(path)
    log = Log(Terminal(screen.terminal.descriptor, "utf-8", live=True, colours=False))

    log.status("waiting: redis")
    screen.wait_for("waiting: redis")
    log.say("a line")
    log.close()

    assert path.read_bytes().startswith(b"waiting: redis\r\033[2Ka line\n")
    screen.log.close()


def test_a_terminal_on_hold_holds_up_nobody() -> None:
    reader, writer = os.pipe()
    log = Log(Terminal(writer, "utf-8", live=False, colours=False))

    for _ in range(100):
        log.say("x" * 10_000)
    log.close(patience=0.1)

    with os.fdopen(reader, "rb") as end:
        for _ in range(100):
            end.readline()
