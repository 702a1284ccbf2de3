"""Sends batches of calls. A refused batch is halved until the guilty call stands alone."""

import logging
from collections.abc import Callable, Sequence
from typing import Any, Final

from penstock.model.errors import Conflict, InvalidInput, NotFound, NotPossible, QuotaExceeded, Refused
from penstock.sdk.batch import Outcome, group_positions, group_runs, make_request, read_reply
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
        """Store the calls' tasks; every call gets its own outcome, whatever becomes of its neighbours.

        Only when a quota stops one lambda among several, all get that refusal at once: see `apart`.
        """
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

        def waits_for(refusal: Refused) -> bool:
            return _divided(calls, refusal) is None

        self._link.ask("Schedule", request, answered, waits_for=waits_for)

    def apart(self, items: Sequence[Call[Any]], outcomes: Sequence[Outcome]) -> tuple[list[int], list[int]] | None:
        """Positions of calls that a quota's refusal of the whole request does not concern, and of those that it does.

        None: the request was not refused as a whole, so that some of it may be stored; or it was, and all are
        concerned.
        """
        refusal = outcomes[0]
        if not isinstance(refusal, QuotaExceeded) or any(outcome is not refusal for outcome in outcomes):
            return None
        return _divided(items, refusal)

    def send_all(self, calls: Sequence[Call[Any]], answer: Outcomes) -> None:
        """The same, and calls of lambdas that no quota stops are stored in any case."""

        def answered(outcomes: list[Outcome]) -> None:
            parts = self.apart(calls, outcomes)
            if parts is None:
                answer(outcomes)
                return
            free, stopped = parts
            self.send_all(
                [calls[at] for at in free],
                lambda first: self.send_all(
                    [calls[at] for at in stopped],
                    lambda second: answer(_merged(len(calls), (free, first), (stopped, second))),
                ),
            )

        self.send(calls, answered)

    def send_whole(self, calls: Sequence[Call[Any]], answer: Outcomes) -> None:
        """Store them in one request, in this order; what refuses it refuses all of them."""
        groups = group_runs(calls)
        token = self._link.surroundings.mint_token()

        def answered(reply: Any) -> None:
            if isinstance(reply, Exception):
                answer([reply] * len(calls))
            else:
                self._warn(reply.warnings)
                answer(read_reply(reply, groups))

        self._link.ask("Schedule", make_request(calls, groups, self._namespace, token, self._strict), answered)

    def _send_halves(self, calls: Sequence[Call[Any]], answer: Outcomes) -> None:
        middle = len(calls) // 2
        self.send(calls[:middle], lambda first: self.send(calls[middle:], lambda second: answer(first + second)))

    def _warn(self, warnings: Sequence[str]) -> None:
        for warning in warnings:
            if warning not in self._warned and len(self._warned) < _WARNINGS_KEPT:
                self._warned.add(warning)
                log.warning("%s", warning)


def _divided(calls: Sequence[Call[Any]], refusal: Refused) -> tuple[list[int], list[int]] | None:
    if not isinstance(refusal, QuotaExceeded):
        return None
    stopped = [at for at, call in enumerate(calls) if call.kind.lambda_name == refusal.lambda_name]
    free = [at for at, call in enumerate(calls) if call.kind.lambda_name != refusal.lambda_name]
    return (free, stopped) if free and stopped else None


def _merged(count: int, *parts: tuple[list[int], list[Outcome]]) -> list[Outcome]:
    outcomes: dict[int, Outcome] = {}
    for positions, part in parts:
        outcomes.update(zip(positions, part, strict=True))
    return [outcomes[at] for at in range(count)]


def _may_be_one_calls_fault(error: Exception) -> bool:
    """A refusal stored nothing, so its parts can be sent anew."""
    if isinstance(error, InvalidInput):
        return error.field not in _CONCERNS_ALL
    return isinstance(error, NotFound | NotPossible | Conflict)
