"""The whole app put together: rooms wired, routes in place, connections opened when the server starts."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import APIRouter, FastAPI

from neuroagent import __version__
from neuroagent.app.auth.caller import TokenGate
from neuroagent.app.auth.sign_in import sign_in_router
from neuroagent.app.chat.endpoints import chat_router
from neuroagent.app.chat.room import ChatRoom, chat_room
from neuroagent.app.chat.thread_endpoints import threads_router
from neuroagent.app.circuits.endpoints import circuits_router
from neuroagent.app.circuits.entitycore import EntityCore
from neuroagent.app.circuits.intake import Intake
from neuroagent.app.circuits.repository import FOLDER, Repository
from neuroagent.app.circuits.service import Circuits
from neuroagent.app.config import AppSettings
from neuroagent.app.db.database import Database, open_database
from neuroagent.app.db.migrate import migrate
from neuroagent.app.engine.client import Tasks
from neuroagent.app.engine.dispatch import Dispatch
from neuroagent.app.engine.hub import Hub
from neuroagent.app.engine.ledger import Ledger
from neuroagent.app.engine.line import Line
from neuroagent.app.engine.outbox import Outbox
from neuroagent.app.engine.reconciler import Reconciler
from neuroagent.app.engine.redis import RedisLines, redis_lines
from neuroagent.app.engine.renewals import Renewals
from neuroagent.app.engine.sender import Sender
from neuroagent.app.engine.sessions import Sessions
from neuroagent.app.engine.turns import Turns
from neuroagent.app.errors import add_error_handlers
from neuroagent.app.health import health_router
from neuroagent.app.jobs.endpoints import jobs_router
from neuroagent.app.keys import kept_secret
from neuroagent.app.llm.builtin import NAME as BUILTIN
from neuroagent.app.llm.opened import open_model
from neuroagent.app.page.endpoints import About, page_router
from neuroagent.app.sessions.endpoints import sessions_router
from neuroagent.app.sessions.idle import idle_deleted
from neuroagent.app.storage import DiskStorage, Grants, Storage, open_storage
from neuroagent.app.storage.endpoints import files_router
from neuroagent.app.tools import TOOLS
from neuroagent.app.tools.endpoints import tools_router
from neuroagent.app.tracing import Tracing

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Rooms:
    """What the routes stand on; made without connecting to anything."""

    database: Database
    lines: RedisLines
    storage: Storage
    tasks: Tasks
    hub: Hub
    reconciler: Reconciler
    chat: ChatRoom


def create_app(settings: AppSettings) -> FastAPI:
    rooms = _rooms(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await migrate(rooms.database)
        await rooms.storage.ready()
        idle = idle_deleted(rooms.tasks.dispatch.sessions, settings.sessions)
        async with rooms.hub.open(), rooms.reconciler.open(), idle, rooms.chat.open():
            logger.info("app.started", extra={"version": __version__, "database": rooms.database.engine.dialect.name})
            yield
        await _close(rooms)

    app = FastAPI(
        title="Neuroagent",
        version=__version__,
        summary="A chat backend whose tools do real work on a fleet of workers.",
        lifespan=lifespan,
    )
    app.state.gate = TokenGate(kept_secret(settings.auth.token, settings.data_folder / "token"))
    _add_routes(app, rooms, settings)
    add_error_handlers(app)
    app.add_middleware(Tracing)
    return app


def _rooms(settings: AppSettings) -> Rooms:
    secret = kept_secret(settings.secret_key, settings.data_folder / "secret_key").get_secret_value().encode()
    store_settings = settings.storage_in_place
    storage = open_storage(store_settings, secret)
    grants = Grants(storage, secret, store_settings)
    database = open_database(settings.database, settings.data_folder)
    lines = redis_lines(settings.redis)
    ledger, turns = Ledger(database), Turns(lines.commands)
    sender = Sender(settings.redis, Outbox(Line(lines.kept, settings.redis.command_timeout)))
    sessions = Sessions(ledger, storage, grants, secret)
    shelves = {FOLDER: Repository(ledger).owns}
    dispatch = Dispatch(ledger, turns, sender, grants, storage, sessions, shelves)
    hub = Hub(ledger, Line(lines.kept), Renewals(ledger, grants, lines.commands).answer, dispatch.ended)
    tasks = Tasks(ledger, turns, hub, dispatch)
    chat = chat_room(tasks, lines, open_model(settings.llm), TOOLS, settings.chat)
    return Rooms(database, lines, storage, tasks, hub, Reconciler(dispatch, hub), chat)


def _add_routes(app: FastAPI, rooms: Rooms, settings: AppSettings) -> None:
    app.include_router(health_router(rooms.database, rooms.lines.commands))
    app.include_router(sessions_router(rooms.tasks.dispatch.sessions))
    app.include_router(jobs_router(rooms.tasks, rooms.storage, settings.jobs))
    app.include_router(tools_router(TOOLS, rooms.tasks, rooms.lines.commands))
    app.include_router(threads_router(rooms.chat, TOOLS, settings.chat))
    app.include_router(chat_router(rooms.chat, settings.chat))
    app.include_router(circuits_router(_circuits(rooms, settings)))
    app.include_router(sign_in_router())
    app.include_router(_page(settings))
    if isinstance(rooms.storage, DiskStorage):
        app.include_router(files_router(rooms.storage))


def _page(settings: AppSettings) -> APIRouter:
    model = settings.llm.model if settings.llm.base_url else BUILTIN
    about = About(model=model, is_builtin=not settings.llm.base_url)
    return page_router(settings.page.built, about, settings.storage.public_url)


def _circuits(rooms: Rooms, settings: AppSettings) -> Circuits:
    return Circuits(
        Repository(rooms.tasks.ledger),
        rooms.tasks,
        rooms.storage,
        Intake(rooms.storage, settings.storage.max_upload_bytes),
        EntityCore(settings.entitycore),
        settings.circuits,
    )


async def _close(rooms: Rooms) -> None:
    await rooms.tasks.ledger.close()
    await rooms.lines.close()
    await rooms.storage.close()
    await rooms.database.engine.dispose()
