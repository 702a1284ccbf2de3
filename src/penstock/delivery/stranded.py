"""Claims that were on their way to an executor when it died: in a socket, on nobody's board.

Its supervisor reports what was on the board, then says that it is gone. What was sent to it last and is
still owned under that claim can run nowhere any more, and need not wait for its lease.
"""

import asyncio
from itertools import islice

from penstock.delivery.session import Session
from penstock.model.lifecycle import OWNED, Event
from penstock.model.limits import BATCH_ROWS_MAX
from penstock.model.task import Report
from penstock.ports.task_state import TaskState
from penstock.ports.transitions import Transitions


class Stranded:
    """Remembers the sessions of each executor until a lease after they have closed."""

    def __init__(self, task_state: TaskState, transitions: Transitions, lease_s: float) -> None:
        self._task_state = task_state
        self._transitions = transitions
        self._lease_s = lease_s
        self._sessions: dict[str, dict[Session, None]] = {}

    def opened(self, session: Session) -> None:
        """A session of an executor begins."""
        self._sessions.setdefault(session.hello.executor, {})[session] = None

    def closed(self, session: Session) -> None:
        """It has ended: a lease later nothing of it can be owned."""
        asyncio.get_running_loop().call_later(self._lease_s, self._forget, session)

    async def release(self, executor: str, namespace: str | None = None) -> int:
        """The executor is gone, reaped, and its board is reported: hand back the rest. Answers how many.

        `namespace`: of its sessions for this one only; two tenants may call their executors the same.
        Raises `Unavailable`; may be repeated.
        """
        sent = [
            key
            for session in self._sessions.get(executor, ())
            if namespace in {None, session.hello.namespace}
            for key in session.sent_last
        ]
        released = 0
        rest = iter(sent)
        while batch := list(islice(rest, BATCH_ROWS_MAX)):
            rows = await self._transitions.read([key.id for key in batch])
            held = [
                key for key in batch if (row := rows.get(key.id)) and row.claim == key.claim and row.status in OWNED
            ]
            await self._task_state.set_results([Report(key.id, key.claim, Event.RELEASE) for key in held])
            released += len(held)
        return released

    def _forget(self, session: Session) -> None:
        sessions = self._sessions.get(session.hello.executor, {})
        sessions.pop(session, None)
        if not sessions:
            self._sessions.pop(session.hello.executor, None)
