"""Keeps forks and gRPC apart: a process that forks while a thread is inside of gRPC has a child in which gRPC hangs.

gRPC stops its own threads before a fork, but not those that call it. So whatever the SDK calls of it goes
through here.
"""

import contextlib
import os
import threading
from collections.abc import Callable, Iterator
from typing import Final

_FORK_WAITS_S: Final = 5.0
"""Only a fork out of a signal handler that interrupted a call into gRPC waits so long."""

_changed = threading.Condition()
_inside = 0
_forking = False
_postponed: list[Callable[[], None]] = []


def call_grpc(action: Callable[[], None]) -> None:
    """Do it now, or right after the fork that is under way, in the thread that forks.

    Never blocks: a thread of gRPC's that waited here would keep gRPC from stopping it for the fork.
    """
    with _changed:
        if _forking:
            _postponed.append(action)
            return
        _enter()
    try:
        action()
    finally:
        _leave()


@contextlib.contextmanager
def inside_grpc() -> Iterator[None]:
    """For the threads of others, when what they do cannot wait: a fork under way is awaited first."""
    with _changed:
        _changed.wait_for(lambda: not _forking)
        _enter()
    try:
        yield
    finally:
        _leave()


def _enter() -> None:
    global _inside
    _inside += 1


def _leave() -> None:
    global _inside
    with _changed:
        _inside -= 1
        if _forking:
            _changed.notify_all()


def _before() -> None:
    global _forking
    with _changed:
        _forking = True
        _changed.wait_for(lambda: not _inside, timeout=_FORK_WAITS_S)


def _after_in_parent() -> None:
    global _forking
    with _changed:
        _forking = False
        postponed = _postponed.copy()
        _postponed.clear()
        _changed.notify_all()
    for action in postponed:
        call_grpc(action)


def _after_in_child() -> None:
    global _changed, _inside, _forking
    _changed = threading.Condition()  # the parent's may be held by a thread that does not exist here
    _inside, _forking = 0, False
    _postponed.clear()  # the parent sends them itself


os.register_at_fork(before=_before, after_in_parent=_after_in_parent, after_in_child=_after_in_child)
