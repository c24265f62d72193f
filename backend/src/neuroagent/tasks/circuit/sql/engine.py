"""An engine that reads one file and nothing else, and can't be talked out of it."""

from typing import Final

import duckdb

from neuroagent.tasks.circuit.sql.question import Question

Engine = duckdb.DuckDBPyConnection

#: Without threads of its own (async_threads too), so that a process which holds one can be forked.
OPENING: Final[dict[str, str | bool | int | float | list[str]]] = {
    "threads": 1,
    "async_threads": 0,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "allow_unsigned_extensions": False,
    "allow_persistent_secrets": False,
    "python_enable_replacements": False,
    "temp_directory": "",
    "max_temp_directory_size": "0B",
    "enable_external_file_cache": False,
    "max_expression_depth": 250,
}


def open_engine() -> Engine:
    """Everything that can be made ready before the question is known; the first statement warms its parser."""
    engine = duckdb.connect(":memory:", config=OPENING)
    engine.execute("SELECT json_serialize_sql('SELECT 1')").fetchall()
    return engine


def lock(engine: Engine, question: Question) -> None:
    """From here on one file can be opened, and no setting be changed; the order of the lines matters."""
    engine.execute(f"SET memory_limit = '{question.limits.memory_bytes // 1024}KiB'")
    engine.execute(f"SET max_execution_time = {int(question.limits.seconds * 1000)}")
    engine.execute(f"SET allowed_paths = [{_text(question.path)}, {_text(question.pattern)}]")
    engine.execute("SET enable_external_access = false")
    engine.execute("SET lock_configuration = true")


def show_table(engine: Engine, question: Question) -> None:
    """The file is a stranger's too: this comes after the lock."""
    name = '"' + question.table.replace('"', '""') + '"'
    engine.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet({_text(question.pattern)})")  # noqa: S608 - quoted


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
