"""The open branch, to be read."""

from app.chat.tellings import message, ran, rows, text, thread

from neuroagent.app.chat.export.conversation import Conversation
from neuroagent.app.chat.export.markdown import as_markdown

SAID = """\
# Layer 5

## You, 2026-01-02 12:00 UTC

How **many**?

## Answer of m, 2026-01-02 12:00 UTC (stopped)

<details>
<summary>run_python</summary>

```python
6 * 7
```

```text
42
```

</details>

Many.
"""


def test_words_stand_as_they_were_and_calls_are_folded() -> None:
    answer = message([*ran("6 * 7", stdout="42\n"), text("Many.")], "a1", role="assistant", model="m", state="stopped")
    branch = rows(message("How **many**?\n"), answer)

    assert as_markdown(Conversation(thread(), branch, branch)) == SAID


def test_a_tool_s_name_is_no_markup() -> None:
    branch = rows(message([{"type": "tool-<script>", "state": "output-error", "errorText": "x"}]))

    assert "<script>" not in as_markdown(Conversation(thread(), branch, branch))
