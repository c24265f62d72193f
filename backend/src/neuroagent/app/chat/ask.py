"""From what a client sends to a question in the tree and a run that will answer it."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import Connection, and_, insert, select, update

from neuroagent.app.chat.messages import write_message
from neuroagent.app.chat.models import MessageRow, RunRow, ThreadRow
from neuroagent.app.chat.threads import BUSY, MESSAGES, RUNS, THREADS, Threads
from neuroagent.app.errors import InvalidInput, NotFound
from neuroagent.app.llm.model import from_person
from neuroagent.app.tracing import current_trace_id

LONGEST_TITLE: Final = 80


@dataclass(frozen=True)
class Question:
    """What a person wrote; `after` is the message it follows, `edits` the one that it stands beside.

    `is_placed`: it follows `after` and nothing else, also while an answer is under way.
    """

    text: str
    id: str | None = None
    after: str | None = None
    edits: str | None = None
    is_placed: bool = False


@dataclass(frozen=True)
class Asking:
    threads: Threads

    async def ask(self, thread: ThreadRow, question: Question) -> RunRow:
        """Its words are in the tree, and its run stands in the thread's queue."""
        if not question.text.strip():
            raise InvalidInput("The message is empty: write something, or attach a file and say what to do with it.")
        message = MessageRow(
            thread_id=thread.id,
            id=await self._free_id(thread.id, question.id),
            parent=await self._parent(thread, question),
            place=time.time(),
            role="user",
            state="complete",
            parts=[{"type": "text", "text": question.text}],
            exchange=[from_person(question.text)],
            model="",
            tokens_in=0,
            tokens_out=0,
            created_at=datetime.now(UTC),
        )
        run = _run(thread, message.id)
        await self.threads.ledger.write(lambda connection: _write(connection, thread, message, run))
        return run

    async def again(self, thread: ThreadRow, answer_id: str | None) -> RunRow:
        """Another answer to the same question, beside the one there is."""
        answer = await self.threads.message(thread.id, answer_id or thread.head or "")
        if answer is None:
            raise NotFound(f"There is no message {(answer_id or '')[:100]!r} in this thread.")
        question = answer.parent if answer.role == "assistant" else answer.id
        run = _run(thread, question or answer.id)
        await self.threads.ledger.write(lambda connection: _write(connection, thread, None, run))
        return run

    async def _free_id(self, thread_id: str, wished: str | None) -> str:
        taken = wished is None or await self.threads.message(thread_id, wished) is not None
        return uuid4().hex if taken or wished is None else wished

    async def _parent(self, thread: ThreadRow, question: Question) -> str | None:
        if question.is_placed:
            return question.after
        if question.edits and (edited := await self.threads.message(thread.id, question.edits)):
            return edited.parent
        if waiting := await self._last_answer_to_come(thread.id):
            return waiting
        if question.after and (before := await self.threads.message(thread.id, question.after)):
            return before.id
        now = await self.threads.mine(thread.id, thread.owner)  # an answer may have ended since
        return now.head

    async def _last_answer_to_come(self, thread_id: str) -> str | None:
        """What is asked while an answer is under way follows that answer."""
        query = select(RunRow.answer).where(RunRow.thread_id == thread_id, RunRow.state.in_(BUSY))
        async with self.threads.ledger.database.read() as reading:
            return await reading.scalar(query.order_by(RunRow.asked_at.desc()).limit(1))


def withdraw(connection: Connection, run: RunRow) -> bool:
    """What waited is gone with its question; what was asked after it follows what came before."""
    still = and_(RUNS.c.id == run.id, RUNS.c.state == "queued")
    ended = {"state": "withdrawn", "ended_at": datetime.now(UTC)}
    if not connection.execute(update(RUNS).where(still).values(ended)).rowcount:
        return False
    question = and_(MESSAGES.c.thread_id == run.thread_id, MESSAGES.c.id == run.question)
    parent = connection.execute(select(MESSAGES.c.parent).where(question)).scalar_one_or_none()
    followers = and_(MESSAGES.c.thread_id == run.thread_id, MESSAGES.c.parent == run.answer)
    connection.execute(update(MESSAGES).where(followers).values(parent=parent))
    siblings = select(RUNS.c.id).where(RUNS.c.thread_id == run.thread_id, RUNS.c.question == run.question)
    if not connection.execute(siblings.where(RUNS.c.id != run.id)).first():
        connection.execute(MESSAGES.delete().where(question))
        at_question = and_(THREADS.c.id == run.thread_id, THREADS.c.head == run.question)
        connection.execute(update(THREADS).where(at_question).values(head=parent))
    return True


def _run(thread: ThreadRow, question: str) -> RunRow:
    return RunRow(
        id=str(uuid4()),
        thread_id=thread.id,
        owner=thread.owner,
        question=question,
        answer=uuid4().hex,
        state="queued",
        asked_at=time.time(),
        lease_until=0.0,
        attempt=0,
        rested=0,
        stop_requested=False,
        trace_id=current_trace_id(),
        created_at=datetime.now(UTC),
    )


def _write(connection: Connection, thread: ThreadRow, message: MessageRow | None, run: RunRow) -> None:
    now = datetime.now(UTC)
    news: dict[str, Any] = {"updated_at": now, "head": run.question}
    if message is not None:
        write_message(connection, _values(message))
        if not thread.is_named and not thread.title:
            news["title"] = _title(str(message.parts[0]["text"]))  # type: ignore[index,call-overload]  # as made above
    connection.execute(insert(RUNS), _values(run))
    connection.execute(update(THREADS).where(THREADS.c.id == thread.id).values(**news))


def _title(text: str) -> str:
    """The first line that says something, cut at a word."""
    line = next((line.strip() for line in text.splitlines() if line.strip(" `#/")), "").strip("`# ")
    line = "".join(letter for letter in line if letter.isprintable())  # a database can't keep each that isn't
    if len(line) <= LONGEST_TITLE:
        return line
    return f"{line[:LONGEST_TITLE].rsplit(' ', 1)[0]} …"


def _values(row: MessageRow | RunRow) -> dict[str, Any]:
    columns = row.__table__.columns
    return {column.name: getattr(row, column.name) for column in columns if getattr(row, column.name) is not None}
