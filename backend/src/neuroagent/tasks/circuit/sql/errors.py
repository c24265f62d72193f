"""What can go wrong with a question's SQL, as the person or the model reads it."""

from neuroagent.task_schemas.errors import Retryable
from neuroagent.tasks.circuit.errors import CircuitError, TookTooLong, TooLarge
from neuroagent.tasks.circuit.sql.refusal import Reason

#   CircuitError
#   ├── UnsafeSql             more than reading the one table; it wasn't run
#   ├── SqlFailed             the engine couldn't run it; its own words, good enough to mend the statement by
#   ├── QueryTookTooLong      ended
#   └── QueryTooLarge         it needed more memory, or made more, than one question may
#   Retryable
#   └── JailBroken            nothing could be asked; not the statement's fault


class UnsafeSql(CircuitError):
    reason = "unsafe_sql"


class SqlFailed(CircuitError):
    reason = "bad_sql"


class QueryTookTooLong(TookTooLong):
    pass


class QueryTooLarge(TooLarge):
    pass


class JailBroken(Retryable):
    pass


def failure_of(reason: Reason, message: str, seconds: float, memory_bytes: int) -> CircuitError:
    match reason:
        case "unsafe":
            return UnsafeSql(message)
        case "failed":
            return SqlFailed(message)
        case "time":
            return QueryTookTooLong(f"The query was ended after {seconds:g} seconds. Ask for less: filter or group.")
        case "memory":
            most = memory_bytes >> 20
            return QueryTooLarge(f"The query needed more than its {most} MB of memory. Ask for less: filter or group.")
