import io
import os
from pathlib import Path

from neuroagent.launcher.terminal import Terminal


def test_a_file_gets_no_colours(tmp_path: Path) -> None:
    with (tmp_path / "out").open("w") as file:
        terminal = Terminal.of(file, {})

    assert terminal.paint("plain", "red") == "plain"


def test_a_terminal_has_colours_unless_they_are_unwanted() -> None:
    _, device = os.openpty()
    with io.TextIOWrapper(io.FileIO(device, "w")) as screen:
        assert Terminal.of(screen, {}).paint("x", "red") == "\033[31mx\033[0m"
        assert Terminal.of(screen, {"NO_COLOR": "1"}).paint("x", "red") == "x"
        assert not Terminal.of(screen, {"TERM": "dumb"}).live


def test_what_the_encoding_lacks_is_replaced(tmp_path: Path) -> None:
    with (tmp_path / "out").open("w", encoding="ascii") as file:
        Terminal.of(file, {}).say("✓ done")

    assert (tmp_path / "out").read_text() == "? done\n"


def test_a_reader_who_has_left_is_no_error() -> None:
    reader, writer = os.pipe()
    os.close(reader)

    Terminal(writer, "utf-8", live=False, colours=False).say("is anybody there?")

    os.close(writer)


def test_a_pipe_that_does_not_block_gets_everything() -> None:
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    text = "x" * 1_000_000
    with os.fdopen(reader, "rb") as end:
        if not os.fork():
            Terminal(writer, "utf-8", live=False, colours=False).write(text)
            os._exit(0)
        os.close(writer)

        assert end.read() == text.encode()
    os.wait()
