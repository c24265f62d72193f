"""What can come of reading a question."""

from neuroagent.tasks.circuit.question.outcome import Ambiguous, Unplaced, Unread


def test_a_doubt_knows_its_place_and_its_choices() -> None:
    doubt = Ambiguous("which?", 4, 9, (("this one", "this"), ("that one", "that")))

    assert isinstance(doubt, Unread)
    start, end = doubt.place
    text = "all north cells"
    assert [text[:start] + words + text[end:] for _, words in doubt.choices] == ["all this cells", "all that cells"]


def test_an_unplaced_word_is_there_to_be_looked_up() -> None:
    unplaced = Unplaced("I can't place it.", ("dendrites",), ("diameter",))

    assert (str(unplaced), unplaced.words, unplaced.nearest) == ("I can't place it.", ("dendrites",), ("diameter",))
