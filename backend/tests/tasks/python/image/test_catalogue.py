"""What to tell about an image's packages."""

from neuroagent.tasks.python.image.catalogue import advice, sentence, table
from neuroagent.tasks.python.image.manifest import Manifest, Package

PACKAGES = (Package("plotly", "7.1", "registry", "0" * 64, ("plotly",)),)
MADE = Manifest("314", "3.14", ("plotly",), PACKAGES, {"scikit-learn": "no wheel for the sandbox"}, (), {})


def test_the_table_holds_what_is_there_and_what_is_not_with_the_reason() -> None:
    assert table(MADE).splitlines()[1:] == [
        "plotly        7.1      registry",
        "scikit-learn  -        left out: no wheel for the sandbox",
    ]


def test_advice_knows_a_package_by_what_is_imported() -> None:
    assert advice("sklearn", MADE) == (
        "scikit-learn was left out of this sandbox (no wheel for the sandbox); "
        "whoever runs it can add it with: ./dev sandbox add scikit-learn"
    )


def test_advice_for_what_nobody_has_asked_for() -> None:
    assert advice("polars", MADE).startswith("polars isn't in this sandbox; whoever")


def test_the_model_is_told_exactly_what_there_is() -> None:
    assert sentence(MADE) == "It is Python 3.14 with plotly 7.1, and no other package."
