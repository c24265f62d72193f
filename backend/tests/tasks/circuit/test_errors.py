"""What can go wrong with a circuit."""

from neuroagent.tasks.circuit.errors import MOST_NAMES, BadArchive, PopulationNotFound


def test_a_failure_has_a_sentence_for_the_person_and_a_code_for_programs() -> None:
    failure = BadArchive("It is broken.").failure()

    assert (failure.code, failure.error_code, failure.message) == ("permanent", "bad_archive", "It is broken.")


def test_a_population_that_is_not_there_is_answered_with_some_that_are() -> None:
    names = [f"p{number:03}" for number in range(100)]

    said = str(PopulationNotFound.among("q", names))

    assert said.startswith("There is no population 'q'; this circuit has p000, p001, ")
    assert said.count("p0") == MOST_NAMES
    assert str(PopulationNotFound.among("q", [])).endswith("has none.")
