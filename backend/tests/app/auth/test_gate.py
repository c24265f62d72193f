"""Who is asking: by a key, a session, or what the mode adds; and nobody else."""

import pytest
from pydantic import SecretStr

from neuroagent.app.auth.gate import Caller, Gate, KeysOnly, OneToken, Shown
from neuroagent.app.auth.keys import Keys
from neuroagent.app.auth.sessions import Notes
from neuroagent.app.db.database import Database
from neuroagent.app.errors import Unauthorized

TOKEN = "the right token, and long"
NOTES = Notes(b"a secret", 60)


@pytest.fixture
def gate(database: Database) -> Gate:
    return Gate(OneToken(SecretStr(TOKEN)), Keys(database), NOTES)


async def test_the_right_token_is_the_local_user(gate: Gate) -> None:
    assert await gate.caller(Shown(bearer=TOKEN)) == Caller("local")


@pytest.mark.parametrize("shown", [None, "", "the right token, and lon", f"{TOKEN} ", "ünicode", "\ud800", "na_x"])
async def test_any_other_is_refused(shown: str | None, gate: Gate) -> None:
    with pytest.raises(Unauthorized):
        await gate.caller(Shown(bearer=shown))


async def test_a_session_is_its_token_s_and_ends_with_it(gate: Gate) -> None:
    session = NOTES.signed(await gate.claims(TOKEN))

    assert (await gate.caller(Shown(session=session))).way == "session"
    changed = Gate(OneToken(SecretStr("another token, as long")), gate.keys, NOTES)
    with pytest.raises(Unauthorized, match="sign in again"):
        await changed.caller(Shown(session=session))


async def test_a_key_s_session_has_its_scopes_and_ends_when_it_is_revoked(gate: Gate) -> None:
    made = await gate.keys.add("ada", "", {"read"})
    session = NOTES.signed(await gate.claims(made.key))

    caller = await gate.caller(Shown(session=session))
    assert (caller.user_id, sorted(caller.scopes), caller.way) == ("ada", ["read"], "session")

    await gate.keys.revoke(made.row.id, None)
    with pytest.raises(Unauthorized):
        await gate.caller(Shown(session=session))


async def test_what_is_no_token_makes_no_session(gate: Gate) -> None:
    with pytest.raises(Unauthorized):
        await gate.claims("a guess")


async def test_where_there_are_keys_only_a_token_says_nothing(database: Database) -> None:
    gate = Gate(KeysOnly(), Keys(database), NOTES)
    made = await gate.keys.add("ada", "", {"chat"})

    assert (await gate.caller(Shown(bearer=made.key))).user_id == "ada"
    with pytest.raises(Unauthorized, match="A key begins with `na_`"):
        await gate.caller(Shown(bearer=TOKEN))
    with pytest.raises(Unauthorized):
        await gate.caller(Shown(session=NOTES.signed({"token": "x"})))


def test_the_token_shows_in_no_repr(gate: Gate) -> None:
    assert "right" not in repr(gate)
