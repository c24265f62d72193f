"""What a model wrote as arguments is read, or it is no JSON object."""

import pytest
from pydantic import JsonValue

from neuroagent.app.llm.speech import Call


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ('{"a": 1}', {"a": 1}),
        ("", {}),
        ("[1]", None),
        ('{"a": ', None),
        ("nonsense", None),
    ],
)
def test_arguments_are_a_json_object_or_nothing(written: str, read: JsonValue) -> None:
    assert Call("c1", "nap", written).arguments == read
