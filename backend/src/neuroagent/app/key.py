"""`./dev key`: people and their keys, made by whoever runs the installation: `python -m neuroagent.app.key`."""

import argparse
import asyncio
import sys
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from neuroagent.app.auth.keys import Keys, scopes_in
from neuroagent.app.auth.models import KeyRow
from neuroagent.app.auth.scopes import scopes_of
from neuroagent.app.config import AppSettings
from neuroagent.app.db.database import open_database
from neuroagent.app.db.migrate import migrate
from neuroagent.app.errors import AppError
from neuroagent.config.settings import SettingsError

Act = Callable[[Keys, argparse.Namespace], Coroutine[Any, Any, str]]


async def _add(keys: Keys, given: argparse.Namespace) -> str:
    made = await keys.add(given.user, given.name, scopes_of(given.scopes), given.days)
    may = ", ".join(sorted(scopes_in(made.row)))
    return f"{made.key}\n\nThis is the key of {given.user!r}, who may {may}. It is shown this once."


async def _list(keys: Keys, given: argparse.Namespace) -> str:
    rows = [_line(row) for row in await keys.listed(given.user)]
    return "\n".join(rows) or "There are no keys: ./dev key add NAME makes one."


def _line(row: KeyRow) -> str:
    used = f"used {row.used_at:%Y-%m-%d %H:%M}" if row.used_at else "never used"
    state = "revoked" if row.revoked_at else used
    return f"{row.id}  {row.beginning}…  {row.user_id:<16} {','.join(sorted(scopes_in(row))):<16} {state}  {row.name}"


async def _revoke(keys: Keys, given: argparse.Namespace) -> str:
    await keys.revoke(given.id, None)
    return f"The key {given.id} works no longer."


def main(arguments: Sequence[str]) -> int:
    given = _parser().parse_args(arguments)
    try:
        print(asyncio.run(_acted(given.act, given)))  # noqa: T201 - it talks to a person at a terminal
    except (AppError, SettingsError, ValueError) as error:
        print(f"./dev key: {error}", file=sys.stderr)  # noqa: T201 - as above
        return 1
    return 0


async def _acted(act: Act, given: argparse.Namespace) -> str:
    settings = AppSettings.load()
    database = open_database(settings.database, settings.data_folder)
    try:
        await migrate(database)
        return await act(Keys(database), given)
    finally:
        await database.engine.dispose()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./dev key", allow_abbrev=False)
    acts = parser.add_subparsers(required=True)
    add = acts.add_parser("add", help="a key for a person")
    add.add_argument("user")
    add.add_argument("--scopes", default="chat,tools", help="read, chat, tools, admin, with commas between")
    add.add_argument("--name", default="", help="what reminds you of it")
    add.add_argument("--days", type=float, help="days that it works")
    add.set_defaults(act=_add)
    listing = acts.add_parser("list", help="all keys, or a person's")
    listing.add_argument("user", nargs="?")
    listing.set_defaults(act=_list)
    revoke = acts.add_parser("revoke", help="a key works no longer")
    revoke.add_argument("id")
    revoke.set_defaults(act=_revoke)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
