"""Links on the way to a path exist in the new tree as they did in the old one."""

from pathlib import Path

from neuroagent.tasks.wall.inside.root import _links_on_the_way


def test_a_path_without_links_needs_none(tmp_path: Path) -> None:
    assert list(_links_on_the_way(str(tmp_path.resolve()))) == []


def test_a_link_to_a_link_brings_both(tmp_path: Path) -> None:
    base = tmp_path.resolve()
    (base / "real" / "inner").mkdir(parents=True)
    (base / "second").symlink_to("real")
    (base / "first").symlink_to(base / "second")

    links = list(_links_on_the_way(str(base / "first" / "inner")))

    assert links == [(str(base / "first"), str(base / "second")), (str(base / "second"), "real")]
