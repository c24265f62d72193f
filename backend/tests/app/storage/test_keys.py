import pytest

from neuroagent.app.storage.errors import KeyRefused
from neuroagent.app.storage.keys import check_key, check_key_under, check_prefix


@pytest.mark.parametrize(
    "key", ["a", "tasks/01J9/report.csv", "a/...", "a/.b", "a/Größe (2) 数据.csv", "a/" + "x" * 255]
)
def test_a_plain_key_is_taken_as_it_is(key: str) -> None:
    assert check_key(key) == key


@pytest.mark.parametrize("segment", ["x" * 256, "ü" * 128])
def test_a_name_longer_than_file_systems_take_is_refused(segment: str) -> None:
    with pytest.raises(KeyRefused, match="255 bytes"):
        check_key(f"a/{segment}")


def test_a_key_longer_than_the_wire_takes_is_refused() -> None:
    assert check_key("/".join(["x" * 99] * 9))
    with pytest.raises(KeyRefused, match="900 bytes"):
        check_key("/".join(["x" * 99] * 9) + "/x")


def test_a_refusal_quotes_the_key() -> None:
    with pytest.raises(KeyRefused, match=r"'a/\.\./b'"):
        check_key("a/../b")


def test_a_prefix_is_a_folder() -> None:
    assert check_prefix("tasks/1/") == "tasks/1/"


@pytest.mark.parametrize("prefix", ["", "/", "tasks/1", "tasks//", "/tasks/", "../", "tasks/../"])
def test_what_is_no_folder_is_no_prefix(prefix: str) -> None:
    with pytest.raises(KeyRefused):
        check_prefix(prefix)


def test_a_key_lies_under_its_prefix() -> None:
    assert check_key_under("tasks/1/", "tasks/1/x") == "tasks/1/x"
    for outside in ("tasks/10/x", "tasks/1/", "Tasks/1/x", "x"):
        with pytest.raises(KeyRefused):
            check_key_under("tasks/1/", outside)
