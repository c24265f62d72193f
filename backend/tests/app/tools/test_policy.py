"""Which calls need a person's yes."""

from typing import Any

import pytest
from pydantic import ValidationError

from neuroagent.app.tools.policy import Policy, Rule, misfit, why_asked

DENY = {"argument": "script", "like": ["*import os*", "*open(*"]}
ALLOW = {"argument": "script", "unlike": ["print(*)", "1 + ?"]}


@pytest.mark.parametrize(
    ("policy", "arguments", "is_asked"),
    [
        ("never", {}, False),
        ("always", {}, True),
        (DENY, {"script": "x = 1\nIMPORT OS\n"}, True),
        (DENY, {"script": "import math"}, False),
        (DENY, {}, False),
        (ALLOW, {"script": "print(6)"}, False),
        (ALLOW, {"script": "1 + 2"}, False),
        (ALLOW, {"script": "1 + 22"}, True),
        (ALLOW, {}, True),
        ({"argument": "n", "like": ["[1-9]???*"]}, {"n": 12_345}, True),
        ({"argument": "n", "like": ["[1-9]???*"]}, {"n": 12}, False),
        ({"argument": "hosts", "like": ["*evil*"]}, {"hosts": ["good", "Evil"]}, True),
    ],
)
def test_a_person_is_asked_when_the_policy_says_so(policy: Any, arguments: dict[str, Any], is_asked: bool) -> None:
    given: Policy = policy if isinstance(policy, str) else Rule.model_validate(policy)  # type: ignore[assignment]  # as parametrized

    assert bool(why_asked(given, arguments)) == is_asked


@pytest.mark.parametrize(
    "rule", [{"argument": "a"}, {"argument": "a", "like": ["x"], "unlike": ["y"]}, {"argument": "", "like": ["x"]}]
)
def test_a_rule_that_says_nothing_is_refused(rule: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Rule.model_validate(rule)


def test_a_hostile_text_is_looked_at_in_time() -> None:
    rule = Rule(argument="script", like=("*a*a*a*a*a*a*a*a*b",))

    assert rule.why({"script": "a" * 200_000}) == ""


def test_a_rule_about_no_argument_is_found_out() -> None:
    schema: dict[str, Any] = {"properties": {"script": {}}}

    assert "takes no argument 'text'" in misfit("run", Rule(argument="text", like=("x",)), schema)
    assert misfit("run", Rule(argument="script", like=("x",)), schema) == ""
