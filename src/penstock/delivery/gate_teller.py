"""Executors are told of gates: those that change, and to those that hold what has not started, that none has.

A claim passes the gates in the store. What waits at an executor afterwards may be stopped by a gate that is shut
meanwhile: so the executor must know how the gates stood a moment ago, or not start it.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Final

from penstock.delivery.session import Session
from penstock.model.errors import PenstockError
from penstock.model.gate import ShutGates
from penstock.model.lane import LambdaId
from penstock.ports.gates import Gates
from penstock.ports.signals import Signals, Topic

LOOK_S: Final = 0.25
"""well below `limits.GATE_SIGHT_S`: the way to the store and to the executor takes its part of that"""

log = logging.getLogger(__name__)


class GateTeller:
    """`sessions` names all that are open now."""

    def __init__(self, gates: Gates, signals: Signals, sessions: Callable[[], Iterable[Session]]) -> None:
        self._gates = gates
        self._sessions = sessions
        self._changed = asyncio.Event()
        self._unlisten = signals.listen(Topic.GATES, lambda _: self._changed.set())

    async def run(self) -> None:
        """Look when a gate has changed, and four times a second; until cancelled."""
        had_trouble = False
        try:
            while True:
                self._changed.clear()
                try:
                    await self.look()
                    had_trouble = False
                except PenstockError as trouble:
                    level = logging.DEBUG if had_trouble else logging.WARNING
                    log.log(level, "the gates are not known: what waits at executors is handed back: %s", trouble)
                    had_trouble = True
                try:
                    async with asyncio.timeout(LOOK_S):
                        await self._changed.wait()
                except TimeoutError:
                    pass
        finally:
            self._unlisten()

    async def look(self) -> None:
        """One round of `run`; raises `Unavailable`."""
        asked = [(session, session.moment) for session in self._sessions()]
        if not asked:
            return
        collections = _by_lambda(await self._gates.shut())
        for session, moment in asked:
            shut = [
                (name, collection)
                for lambda_id, name in (session.lambdas.items() if collections else ())
                for collection in collections.get(lambda_id, ())
            ]
            session.hear_gates(frozenset(shut), moment)


def _by_lambda(gates: ShutGates) -> dict[LambdaId, list[str]]:
    found: dict[LambdaId, list[str]] = {}
    for lambda_id, collection in gates.shut:
        found.setdefault(lambda_id, []).append(collection)
    return found
