"""Whether words are a question to data: all that the built-in model can tell about them."""

import re
from typing import Final

ASKS: Final = re.compile(
    r"(how (many|much|often|far|large)|what|which|where|who|whose|are there|is there|list|show|count|number of|give me|"
    r"compare|average|mean|median|mode|sum|total|min(imum)?|max(imum)?|standard deviation|std|variance|"
    r"percent(age)?|share|ratio|proportion|fraction|distribution|histogram|top|most|least|"
    r"(un)?common|unique|distinct|different|the (most|least|\d+))\b",
    re.IGNORECASE,
)
GOES_ON: Final = re.compile(
    r"(and|but|also|only|now|just|same|again|instead|as|in|by|per|for|of|with|without|sort|order|group|split|break|"
    r"plot|make|do|the|ascending|descending)\b",
    re.IGNORECASE,
)


def is_question(text: str, *, goes_on: bool) -> bool:
    """`goes_on`: there was one before, so that a few words may be enough."""
    if text.endswith("?") or ASKS.match(text):
        return True
    return goes_on and bool(GOES_ON.match(text))
