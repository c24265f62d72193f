"""How far a run is, written down and read again."""

import json

from neuroagent.app.chat.progress import AnswerKept, Checkpoint, Progress
from neuroagent.app.llm.model import from_nobody
from neuroagent.app.llm.speech import Answered, Call, Reply

REPLY = Reply(from_nobody("hello"), (), "m", 10, 5)


def test_a_reply_counts() -> None:
    progress = Progress(answers={"old": AnswerKept(text="x", outcome="done")})
    progress.replied(REPLY)

    assert (progress.steps, progress.tokens, progress.has_replied, progress.answers) == (1, 15, True, {})


def test_the_answers_of_tools_are_the_model_s_turn_again() -> None:
    progress = Progress()
    progress.replied(REPLY)
    progress.answered([Answered(Call("c", "nap", "{}"), "slept", "done")])

    assert not progress.has_replied
    assert progress.open_calls == ()


def test_it_is_the_same_after_it_was_written_down() -> None:
    progress = Progress(answers={"c": AnswerKept(text="x", outcome="mend")})
    progress.replied(REPLY)
    progress.answers["c"] = AnswerKept(text="x", outcome="failed")

    written = json.loads(progress.checkpoint([{"type": "step-start"}]).model_dump_json())

    kept = Checkpoint.model_validate(written)
    assert Progress.after(kept) == progress
    assert kept.parts == [{"type": "step-start"}]
