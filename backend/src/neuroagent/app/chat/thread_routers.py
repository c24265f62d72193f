"""All that can be done with threads, as one router: found, kept in order, taken along, shown to others, given files."""

from collections.abc import Collection

from fastapi import APIRouter

from neuroagent.app.chat.export.endpoints import export_router
from neuroagent.app.chat.files.endpoints import thread_files_router
from neuroagent.app.chat.room import ChatRoom
from neuroagent.app.chat.search.endpoints import search_router
from neuroagent.app.chat.search.hits import Search
from neuroagent.app.chat.settings import ChatSettings
from neuroagent.app.chat.shares.endpoints import shared_router, shares_router
from neuroagent.app.chat.shares.repository import Shares
from neuroagent.app.chat.thread_endpoints import threads_router


def all_thread_routers(room: ChatRoom, tools: Collection[str], settings: ChatSettings) -> APIRouter:
    threads, files, shares = room.threads, room.files, Shares(room.threads.ledger)
    router = APIRouter()
    router.include_router(search_router(Search(threads.ledger.database)))  # first: `search` is no thread's id
    router.include_router(threads_router(room, tools, settings))
    router.include_router(thread_files_router(threads, files))
    router.include_router(export_router(threads, files))
    router.include_router(shares_router(threads, files, shares))
    router.include_router(shared_router(shares))
    return router
