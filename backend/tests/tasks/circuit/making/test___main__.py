"""`./dev circuit make`."""

import tarfile
from pathlib import Path

import pytest

from neuroagent.tasks.circuit.making.__main__ import main
from neuroagent.tasks.circuit.sonata import populations


def test_a_name_that_ends_in_gz_asks_for_an_archive(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "c.gz"), "--nodes", "1_000", "--edges-mb", "1"]) == 0

    with tarfile.open(tmp_path / "c.gz") as archive:
        names = {name.removeprefix("circuit/") for name in archive.getnames()}
    assert names == {"circuit_config.json", "edges.h5", "node_types.csv", "nodes.h5", "projection_nodes.h5"}
    assert "1,000 neurons" in capsys.readouterr().out
    assert [path.name for path in tmp_path.iterdir()] == ["c.gz"]


def test_any_other_name_asks_for_a_folder(tmp_path: Path) -> None:
    assert main([str(tmp_path / "c"), "--nodes", "50"]) == 0

    assert populations(tmp_path / "c" / "nodes.h5") == {"S1_neurons": 50}
    assert populations(tmp_path / "c" / "projection_nodes.h5") == {"VPM_fibres": 5}


def test_fewer_than_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--nodes", "-1"])
    assert "less than nothing" in capsys.readouterr().err
