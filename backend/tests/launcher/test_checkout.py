from pathlib import Path

from launcher.stand_ins import checkout
from processes import ROOT, SOURCES

from neuroagent.launcher.checkout import HERE


def test_the_checkout_is_the_one_this_code_lies_in() -> None:
    assert HERE.root == ROOT
    assert HERE.sources == SOURCES
    assert HERE.lock("app").is_file()


def test_the_digest_follows_the_lock(tmp_path: Path) -> None:
    here = checkout(tmp_path, app="a==1\n", same="a==1\n", other="a==2\n")

    assert here.digest("app") == here.digest("same")
    assert here.digest("app") != here.digest("other")
