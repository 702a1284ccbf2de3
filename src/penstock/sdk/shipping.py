"""Sends batches of calls. A refused batch is halved until the guilty call stands alone."""

import logging
from collections.abc import Callable, Sequence
from typing import Any, Final

from penstock.model.errors import Conflict, InvalidInput, NotFound, NotPossible
from penstock.sdk.batch import Outcome, group_positions, make_request, read_reply
from penstock.sdk.call import Call
from penstock.sdk.link import Link

log = logging.getLogger("penstock")

Outcomes = Callable[[list[Outcome]], None]
"""Takes one outcome a call, in order. Called once, in a thread of gRPC's."""

_CONCERNS_ALL: Final = frozenset({"namespace", "request_token"})
_WARNINGS_KEPT: Final = 1_000


class Shipping:
    """`send` may be called from any thread."""

    def __init__(self, link: Link, namespace: str, strict: bool) -> None:
        self._link, self._namespace, self._strict = link, namespace, strict
        self._warned: set[str] = set()

    def send(self, items: Sequence[Call[Any]], answer: Outcomes) -> None:
        """Store the calls' tasks; every call gets its own outcome, whatever becomes of its neighbours."""
        calls = items
        groups = group_positions(calls)
        token = self._link.surroundings.mint_token()
        request = make_request(calls, groups, self._namespace, token, self._strict)

        def answered(reply: Any) -> None:
            if not isinstance(reply, Exception):
                self._warn(reply.warnings)
                answer(read_reply(reply, groups))
            elif len(calls) > 1 and _may_be_one_calls_fault(reply):
                self._send_halves(calls, answer)
            else:
                answer([reply] * len(calls))

        self._link.ask("Schedule", request, answered)

    def _send_halves(self, calls: Sequence[Call[Any]], answer: Outcomes) -> None:
        middle = len(calls) // 2
        self.send(calls[:middle], lambda first: self.send(calls[middle:], lambda second: answer(first + second)))

    def _warn(self, warnings: Sequence[str]) -> None:
        for warning in warnings:
            if warning not in self._warned and len(self._warned) < _WARNINGS_KEPT:
                self._warned.add(warning)
                log.warning("%s", warning)


def _may_be_one_calls_fault(error: Exception) -> bool:
    """A refusal stored nothing, so its parts can be sent anew."""
    if isinstance(error, InvalidInput):
        return error.field not in _CONCERNS_ALL
    return isinstance(error, NotFound | NotPossible | Conflict)
