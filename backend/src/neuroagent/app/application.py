"""The whole app put together: rooms wired, routes in place, connections opened when the server starts."""

import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import APIRouter, FastAPI

from neuroagent import __version__
from neuroagent.app.approvals.endpoints import approvals_router
from neuroagent.app.approvals.gate import check_policies
from neuroagent.app.auth.headers import AnswerHeaders
from neuroagent.app.auth.opened import auth_routers, open_admission
from neuroagent.app.auth.opened import open_gate as open_front_gate
from neuroagent.app.chat.endpoints import chat_router
from neuroagent.app.chat.files.repository import FOLDER as THREAD_FILES
from neuroagent.app.chat.files.repository import ThreadFiles
from neuroagent.app.chat.room import ChatRoom, chat_room, open_gate
from neuroagent.app.chat.suggestion_endpoints import suggestions_router
from neuroagent.app.chat.thread_routers import all_thread_routers
from neuroagent.app.circuits.endpoints import circuits_router
from neuroagent.app.circuits.entitycore import EntityCore
from neuroagent.app.circuits.intake import Intake
from neuroagent.app.circuits.links_again import LinksAgain
from neuroagent.app.circuits.repository import FOLDER, Repository
from neuroagent.app.circuits.service import Circuits
from neuroagent.app.config import AppSettings
from neuroagent.app.db.database import Database, open_database
from neuroagent.app.db.migrate import migrate
from neuroagent.app.doors.mcp.endpoints import McpDoor, mcp_door, mcp_router
from neuroagent.app.doors.mcp.outside.file import entries
from neuroagent.app.doors.mcp.outside.server import Outside
from neuroagent.app.doors.mcp.outside.servers import AllTools
from neuroagent.app.doors.mcp.server import ToolServer
from neuroagent.app.doors.openai.endpoints import openai_router
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
from neuroagent.app.llm.endpoints import models_router
from neuroagent.app.llm.opened import Models, open_models
from neuroagent.app.notifications.bulletin import Bulletin
from neuroagent.app.notifications.endpoints import notifications_router
from neuroagent.app.notifications.following import Following
from neuroagent.app.notifications.mailboxes import Mailboxes
from neuroagent.app.page.endpoints import About, page_router
from neuroagent.app.sessions.endpoints import sessions_router
from neuroagent.app.sessions.idle import idle_deleted
from neuroagent.app.storage import DiskStorage, Grants, Storage, open_storage
from neuroagent.app.storage.endpoints import files_router
from neuroagent.app.tools import TOOLS
from neuroagent.app.tools.endpoints import Bench, tools_router
from neuroagent.app.tracing import Tracing
from neuroagent.app.usage.endpoints import usage_router
from neuroagent.app.usage.quotas import Quotas
from neuroagent.app.usage.rows import Usage

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
    circuits: Circuits
    tools: AllTools
    chat: ChatRoom
    following: Following
    mcp: McpDoor
    models: Models
    usage: Usage


def create_app(settings: AppSettings) -> FastAPI:
    rooms = _rooms(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        check_policies(settings.approvals, TOOLS)
        await migrate(rooms.database)
        await rooms.storage.ready()
        idle = idle_deleted(rooms.tasks.dispatch.sessions, settings.sessions)
        async with (
            rooms.hub.open(),
            rooms.reconciler.open(),
            idle,
            rooms.tools.open(),
            rooms.chat.open(),
            rooms.following.open(),
            rooms.mcp.open(),
            rooms.usage.counting(),
        ):
            logger.info("app.started", extra={"version": __version__, "database": rooms.database.engine.dialect.name})
            yield
        await _close(rooms)

    app = FastAPI(
        title="Neuroagent",
        version=__version__,
        summary="A chat backend whose tools do real work on a fleet of workers.",
        lifespan=lifespan,
    )
    _add_routes(app, rooms, settings)
    _add_gate(app, rooms, settings)
    add_error_handlers(app)
    app.add_middleware(AnswerHeaders)
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
    thread_files = ThreadFiles(ledger, storage, settings.chat.files)
    shelves = {FOLDER: Repository(ledger).owns, THREAD_FILES: thread_files.owns}
    dispatch = Dispatch(ledger, turns, sender, grants, storage, sessions, shelves)
    again = LinksAgain(Repository(ledger), EntityCore(settings.entitycore))
    renewals = Renewals(ledger, grants, lines.commands, again)
    hub = Hub(ledger, Line(lines.kept), renewals.answer, dispatch.ended)
    tasks = Tasks(ledger, turns, hub, dispatch)
    circuits = _circuits(tasks, storage, settings)
    bulletin = Bulletin(Mailboxes(ledger), lines.commands, settings.notifications)
    gate = open_gate(bulletin, settings.approvals)
    outside = [Outside(name, entry) for name, entry in entries(settings.mcp.servers_file, os.environ).items()]
    tools, models = AllTools(TOOLS, outside), open_models(settings.llm)
    chat = chat_room(tasks, lines, models, tools, settings.chat, circuits=circuits, gate=gate)
    return Rooms(
        database=database,
        lines=lines,
        storage=storage,
        tasks=tasks,
        hub=hub,
        reconciler=Reconciler(dispatch, hub),
        circuits=circuits,
        tools=tools,
        chat=chat,
        following=Following(tasks, bulletin),
        mcp=mcp_door(ToolServer(TOOLS, tasks, circuits, gate), settings.mcp),
        models=models,
        usage=Usage(ledger),
    )


def _add_gate(app: FastAPI, rooms: Rooms, settings: AppSettings) -> None:
    """Who is asking, before anything else is."""
    secret = kept_secret(settings.secret_key, settings.data_folder / "secret_key").get_secret_value().encode()
    token = kept_secret(settings.auth.token, settings.data_folder / "token")
    quotas = Quotas(rooms.usage, settings.quotas)
    gate = open_front_gate(settings.auth, token, secret, rooms.database)
    admission = open_admission(gate, settings.auth, settings.rates, rooms.lines.commands, quotas.must_have_left)
    app.state.admission = admission
    for router in (*auth_routers(admission, settings.auth), usage_router(quotas)):
        app.include_router(router)


def _add_routes(app: FastAPI, rooms: Rooms, settings: AppSettings) -> None:
    app.include_router(health_router(rooms.database, rooms.lines.commands))
    app.include_router(sessions_router(rooms.tasks.dispatch.sessions))
    app.include_router(jobs_router(rooms.tasks, rooms.storage, settings.jobs))
    app.include_router(tools_router(rooms.tools, _bench(rooms), rooms.lines.commands, rooms.tools.servers))
    gate, go_on = rooms.chat.runs.gate, rooms.chat.runs.go_on
    app.include_router(approvals_router(gate.questions, rooms.tools, rooms.circuits, go_on))
    app.include_router(notifications_router(rooms.following.bulletin))
    app.include_router(all_thread_routers(rooms.chat, rooms.tools, settings.chat))
    app.include_router(suggestions_router(rooms.chat))
    app.include_router(chat_router(rooms.chat, settings.chat))
    app.include_router(openai_router(rooms.chat, settings.chat))
    app.include_router(mcp_router(rooms.mcp))
    app.include_router(models_router(rooms.models))
    app.include_router(circuits_router(rooms.circuits))
    app.include_router(_page(settings))
    if isinstance(rooms.storage, DiskStorage):
        app.include_router(files_router(rooms.storage))


def _page(settings: AppSettings) -> APIRouter:
    model = settings.llm.model if settings.llm.base_url else BUILTIN
    about = About(model=model, is_builtin=not settings.llm.base_url)
    return page_router(settings.page.built, about, settings.storage.public_url)


def _bench(rooms: Rooms) -> Bench:
    return Bench(rooms.tasks, rooms.circuits, rooms.following, rooms.chat.files.at_hand)


def _circuits(tasks: Tasks, storage: Storage, settings: AppSettings) -> Circuits:
    return Circuits(
        Repository(tasks.ledger),
        tasks,
        storage,
        Intake(storage, settings.storage.max_upload_bytes),
        EntityCore(settings.entitycore),
        settings.circuits,
    )


async def _close(rooms: Rooms) -> None:
    await rooms.tasks.ledger.close()
    await rooms.lines.close()
    await rooms.storage.close()
    await rooms.database.engine.dispose()
