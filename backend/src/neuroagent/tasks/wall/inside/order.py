"""What the parent asks for, as it travels through the pipe; in the child a name for type checkers only."""

from typing import TypedDict


class Order(TypedDict):
    """Plain values, so that reading it costs nothing."""

    parent: int
    command: list[str]  # nothing: only put the wall up and say what stands
    environment: dict[str, str]
    layers: list[str]
    require: list[str]
    read: list[str]
    write: list[str]
    execute: list[str]
    network: bool
    limits: dict[str, int]
    filter: bytes  # nothing: the calls of this machine are not known
    secret: tuple[int, int, int]
