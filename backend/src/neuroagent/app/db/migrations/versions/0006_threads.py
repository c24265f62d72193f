"""Threads: searched, with files, shared; what a message cost."""

import unicodedata

import sqlalchemy as sa
from alembic import op

from neuroagent.app.db.words import words_of

revision = "0006"
down_revision = "0005"

LONGEST = 100_000
IN_SQLITE = (
    "CREATE VIRTUAL TABLE message_words USING fts5("
    "words, content='message_texts', content_rowid='id', tokenize='unicode61 remove_diacritics 0')",
    "CREATE TRIGGER message_words_added AFTER INSERT ON message_texts BEGIN"
    " INSERT INTO message_words(rowid, words) VALUES (new.id, new.words); END",
    "CREATE TRIGGER message_words_gone AFTER DELETE ON message_texts BEGIN"
    " INSERT INTO message_words(message_words, rowid, words) VALUES ('delete', old.id, old.words); END",
    "CREATE TRIGGER message_words_changed AFTER UPDATE ON message_texts BEGIN"
    " INSERT INTO message_words(message_words, rowid, words) VALUES ('delete', old.id, old.words);"
    " INSERT INTO message_words(rowid, words) VALUES (new.id, new.words); END",
)
IN_POSTGRES = ("CREATE INDEX message_words ON message_texts USING gin (to_tsvector('simple', words))",)


def upgrade() -> None:
    op.add_column("messages", sa.Column("cost", sa.Double(), nullable=True))
    _texts()
    _files()
    _shares()
    _index_what_is_there()


def _texts() -> None:
    op.create_table(
        "message_texts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.String(100), nullable=False),
        sa.Column("message_id", sa.String(100), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["thread_id", "message_id"],
            ["messages.thread_id", "messages.id"],
            name="fk_message_texts_thread_id_messages",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_message_texts"),
        sa.UniqueConstraint("thread_id", "message_id", name="uq_message_texts_thread_id"),
    )
    for statement in IN_SQLITE if op.get_bind().dialect.name == "sqlite" else IN_POSTGRES:
        op.execute(statement)


def _files() -> None:
    op.create_table(
        "thread_files",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("thread_id", sa.String(100), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("message_id", sa.String(100), nullable=True),
        sa.Column("call_id", sa.String(100), nullable=True),
        sa.Column("key", sa.String(900), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("media_type", sa.String(200), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["threads.id"], name="fk_thread_files_thread_id_threads", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_thread_files"),
    )
    op.create_index("ix_thread_files_thread_id", "thread_files", ["thread_id", "created_at"])
    upload = sa.text("kind = 'upload'")
    op.create_index(
        "uq_thread_files_name",
        "thread_files",
        ["thread_id", "name"],
        unique=True,
        sqlite_where=upload,
        postgresql_where=upload,
    )


def _shares() -> None:
    op.create_table(
        "shares",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("thread_id", sa.String(100), nullable=False),
        sa.Column("secret", sa.String(64), nullable=False),
        sa.Column("snapshot", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["thread_id"], ["threads.id"], name="fk_shares_thread_id_threads", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_shares"),
    )
    op.create_index("ix_shares_thread_id", "shares", ["thread_id", "created_at"])
    op.create_index("uq_shares_secret", "shares", ["secret"], unique=True)


def _index_what_is_there() -> None:
    """In the order in which it was written: later ones are found first."""
    connection = op.get_bind()
    messages = sa.table(
        "messages", sa.column("thread_id"), sa.column("id"), sa.column("place"), sa.column("parts", sa.JSON())
    )
    texts = sa.table(
        "message_texts", sa.column("thread_id"), sa.column("message_id"), sa.column("text"), sa.column("words")
    )
    ids = connection.execute(sa.select(messages.c.thread_id, messages.c.id).order_by(messages.c.place)).all()
    for thread_id, message_id in ids:
        one = sa.and_(messages.c.thread_id == thread_id, messages.c.id == message_id)
        text = _text(connection.execute(sa.select(messages.c.parts).where(one)).scalar_one())
        if words := words_of(text):
            values = {"thread_id": thread_id, "message_id": message_id, "text": text}
            connection.execute(sa.insert(texts), values | {"words": " ".join(words)[:LONGEST]})


def _text(parts: list[dict[str, object]]) -> str:
    """What a message says, as this version saw it."""
    said = [part["text"] for part in parts if part["type"] == "text"]
    given = [part["input"] for part in parts if str(part["type"]).startswith("tool-") and "input" in part]
    said += [value for one in given if isinstance(one, dict) for value in one.values() if isinstance(value, str)]
    kept = unicodedata.normalize("NFC", "\n\n".join(map(str, said))[:LONGEST]).replace("\0", " ")
    return kept[:LONGEST].encode("utf-8", "replace").decode()
