"""Waiting for tasks to end: all waits of a connection share a few long polls.

A new id goes at once in a poll of its own. When all polls are taken, the smallest is called back and its
ids go together with whatever has come meanwhile, so ids gather into few polls, and none is asked for twice.
"""

import threading
from itertools import islice
from typing import Any, Final

from penstock.model.errors import NotFound
from penstock.model.identity import TaskId, split_ids, text_of
from penstock.sdk.link import Exchange, Link
from penstock.sdk.waiting import Waiter, deliver, new_waiter
from penstock.wire.v1 import penstock_pb2 as pb

POLLS_MAX: Final = 4
POLL_IDS_MAX: Final = 5_000
"""More ids than all polls hold take turns, one poll's time each."""
POLL_S: Final = 20.0


class _Poll:
    __slots__ = ("called_back", "exchange", "ids")

    def __init__(self, ids: list[TaskId]) -> None:
        self.ids = ids
        self.called_back = False
        self.exchange: Exchange | None = None


class Ends:
    """`wait` may be called from any thread or loop."""

    def __init__(self, link: Link, namespace: str) -> None:
        self._link, self._namespace = link, namespace
        self._lock = threading.Lock()
        self._waiters: dict[TaskId, list[Waiter[pb.Task]]] = {}
        self._asked: dict[TaskId, None] = {}
        """ids that are in no poll, the one that waits longest first"""
        self._polls: list[_Poll] = []

    async def wait(self, task_id: TaskId, timeout_s: float | None) -> pb.Task:
        """The ended task, or the end of its retry; raises `TimeoutError`, `NotFound`, `Unavailable`."""
        waiter: Waiter[pb.Task] = new_waiter()
        with self._lock:
            waiters = self._waiters.setdefault(task_id, [])
            if not waiters:
                self._asked[task_id] = None
            waiters.append(waiter)
        try:
            self._poll()
            return await waiter.within(timeout_s)
        finally:
            self._leave(task_id, waiter)

    def _leave(self, task_id: TaskId, waiter: Waiter[pb.Task]) -> None:
        with self._lock:
            waiters = self._waiters.get(task_id, [])
            if waiter in waiters:
                waiters.remove(waiter)
            if not waiters:
                self._waiters.pop(task_id, None)
                self._asked.pop(task_id, None)

    def _poll(self) -> None:
        """Get every id that is in no poll into one."""
        called_back = None
        with self._lock:
            if not self._asked:
                return
            if len(self._polls) >= POLLS_MAX:
                called_back = self._call_back_smallest()
                poll = None
            else:
                poll = self._take()
        if poll is not None:
            self._start(poll)
        elif called_back is not None:
            called_back.cancel()

    def _call_back_smallest(self) -> Exchange | None:
        """None when one is on its way back, or none has room."""
        smallest = min(self._polls, key=lambda poll: len(poll.ids))
        if any(poll.called_back for poll in self._polls) or len(smallest.ids) >= POLL_IDS_MAX:
            return None
        if smallest.exchange is not None:
            smallest.called_back = True
        return smallest.exchange

    def _take(self) -> _Poll:
        ids = list(islice(self._asked, POLL_IDS_MAX))
        for task_id in ids:
            del self._asked[task_id]
        poll = _Poll(ids)
        self._polls.append(poll)
        return poll

    def _start(self, poll: _Poll) -> None:
        request = pb.AwaitTasksRequest(namespace=self._namespace, task_ids=b"".join(poll.ids), wait_s=POLL_S)
        exchange = self._link.ask("AwaitTasks", request, lambda reply: self._answered(poll, reply), stands_s=POLL_S)
        with self._lock:
            poll.exchange = exchange
        self._poll()  # what came in before this poll could be called back

    def _answered(self, poll: _Poll, reply: Any) -> None:
        with self._lock:
            self._polls.remove(poll)
            settled = [] if poll.called_back and isinstance(reply, Exception) else self._settled(poll, reply)
            for task_id in poll.ids:
                if task_id in self._waiters:
                    self._asked[task_id] = None
        deliver(settled)
        self._poll()

    def _settled(self, poll: _Poll, reply: Any) -> list[tuple[Waiter[pb.Task], pb.Task | Exception]]:
        answers: dict[TaskId, pb.Task | Exception] = {}
        if isinstance(reply, Exception):
            answers = dict.fromkeys(poll.ids, reply)
        else:
            for task_id in split_ids(reply.unknown):
                answers[task_id] = NotFound(f"task {text_of(task_id)} does not exist")
            asked = split_ids(reply.asked_ids) or [TaskId(task.task_id) for task in reply.ended]
            answers.update(zip(asked, reply.ended, strict=True))
        return [(waiter, answer) for task_id, answer in answers.items() for waiter in self._waiters.pop(task_id, [])]
