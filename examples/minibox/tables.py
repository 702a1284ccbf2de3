"""SQLite as the lambdas use it: several processes at once, and what was committed survives a kill."""

import sqlite3
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

_WAIT_S = 30.0
_turns: defaultdict[Path, threading.Lock] = defaultdict(threading.Lock)
"""SQLite has others poll; threads of one process can do better"""


@contextmanager
def changing(path: Path, schema: str) -> Iterator[sqlite3.Connection]:
    """A transaction of its own, committed at the end of the block. `schema` is made where it is missing."""
    with _turns[path], _opened(path, schema) as connection:
        # One at a time from its first line on: what is read in it is still so when it is written.
        connection.execute("begin immediate")
        try:
            yield connection
            connection.execute("commit")
        except BaseException:
            connection.execute("rollback")
            raise


@contextmanager
def reading(path: Path, schema: str) -> Iterator[sqlite3.Connection]:
    """What was committed; waits for nobody."""
    with _opened(path, schema) as connection:
        yield connection


@contextmanager
def _opened(path: Path, schema: str) -> Iterator[sqlite3.Connection]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path, timeout=_WAIT_S, isolation_level=None)) as connection:
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = normal")
        for statement in schema.split(";"):
            connection.execute(statement)
        yield connection
