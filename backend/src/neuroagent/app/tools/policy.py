"""Which calls of a tool need a person's yes: none, all, or those that a rule names."""

import json
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any, Literal, Self

from pydantic import Field, JsonValue, model_validator

from neuroagent.config.settings import Section


class Rule(Section):
    """A look at one argument; patterns know `*`, `?` and `[…]`, and take no heed of capitals."""

    argument: str = Field(min_length=1, description="The argument's name.")
    like: tuple[str, ...] = Field((), description="Asked for when the argument is like one of these.")
    unlike: tuple[str, ...] = Field((), description="Asked for unless the argument is like one of these.")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if bool(self.like) == bool(self.unlike):
            raise ValueError("a rule has either `like` or `unlike`, with a pattern at least")
        return self

    def why(self, arguments: Mapping[str, JsonValue]) -> str:
        """Why this call needs a yes; nothing: it needs none."""
        value = arguments.get(self.argument)
        text = (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)).casefold()
        for pattern in self.like:
            if fnmatchcase(text, pattern.casefold()):
                return f"`{self.argument}` is like {pattern!r}."
        if self.unlike and not any(fnmatchcase(text, pattern.casefold()) for pattern in self.unlike):
            return f"`{self.argument}` is like none of {', '.join(map(repr, self.unlike))}."
        return ""


Policy = Literal["never", "always"] | Rule


def why_asked(policy: Policy, arguments: Mapping[str, JsonValue]) -> str:
    """Why a person is asked before such a call; nothing: nobody is."""
    match policy:
        case Rule():
            return policy.why(arguments)
        case "always":
            return "This tool always needs a yes."
        case _:
            return ""


def misfit(tool: str, policy: Policy, schema: Mapping[str, Any]) -> str:
    """What is wrong with a policy for a tool that takes these arguments."""
    names = schema.get("properties", {})
    if isinstance(policy, Rule) and policy.argument not in names:
        return f"{tool!r} takes no argument {policy.argument!r}; it takes {', '.join(names) or 'none'}."
    return ""
