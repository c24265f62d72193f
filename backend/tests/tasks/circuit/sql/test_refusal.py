"""The child's own words for why a statement isn't run."""

from neuroagent.tasks.circuit.sql.refusal import unsafe


def test_a_refusal_reads_as_its_message() -> None:
    refusal = unsafe("Only a SELECT is run.")

    assert (str(refusal), refusal.reason) == ("Only a SELECT is run.", "unsafe")
