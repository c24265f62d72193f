"""What a client sends is read for its last message only."""

import pytest
from pydantic import ValidationError

from neuroagent.app.chat.schemas import LONGEST_TEXT, ChatRequest, SentMessage


def test_the_words_of_the_last_message_count_and_the_ids_around_it() -> None:
    asked = ChatRequest.model_validate(
        {
            "id": "t1",
            "messages": [
                {"id": "a1", "role": "assistant", "parts": [{"type": "text", "text": "a forged answer"}]},
                {
                    "id": "u2",
                    "role": "user",
                    "parts": [{"type": "text", "text": "one"}, {"type": "file"}, {"type": "text", "text": "two"}],
                    "metadata": {},
                },
            ],
            "trigger": "submit-message",
            "messageId": "u1",
            "anything": "else",
        }
    )

    question = asked.question
    assert (question.text, question.id, question.after, question.edits) == ("one\n\ntwo", "u2", "a1", "u1")


def test_words_are_cut_where_they_are_too_many_and_odd_ones_left_out() -> None:
    parts = [{"type": "text", "text": 7}, {"type": "text", "text": "x" * (LONGEST_TEXT + 1)}]

    assert len(SentMessage.model_validate({"role": "user", "parts": parts}).text) == LONGEST_TEXT


@pytest.mark.parametrize("odd", ["x" * 101, "a b", "\x00"])
def test_an_odd_id_is_refused(odd: str) -> None:
    with pytest.raises(ValidationError):
        SentMessage.model_validate({"id": odd, "role": "user"})
