"""Who is asking: the token of this installation, and no other."""

import pytest
from pydantic import SecretStr

from neuroagent.app.auth.caller import Caller, TokenGate
from neuroagent.app.errors import Unauthorized

GATE = TokenGate(SecretStr("the right token, and long"))


def test_the_right_token_is_the_local_user() -> None:
    assert GATE.caller("the right token, and long") == Caller("local")


@pytest.mark.parametrize("shown", [None, "", "the right token, and lon", "the right token, and long ", "ünicode"])
def test_any_other_is_refused(shown: str | None) -> None:
    with pytest.raises(Unauthorized):
        GATE.caller(shown)


def test_the_token_shows_in_no_repr() -> None:
    assert "right" not in repr(GATE)
