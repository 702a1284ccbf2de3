"""Sends batches of events. Of single events that share a request, a refused batch is halved until the guilty one
stands alone; what was published as a whole stays whole.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

from penstock.model.errors import InvalidInput, NotPossible, SequenceConflict
from penstock.sdk.event import Publication
from penstock.sdk.event_batch import as_one_event, group_by_stream, make_request, read_reply
from penstock.sdk.link import Link

Outcomes = Callable[[list[int | Exception]], None]
"""Takes one sequence or error an event, in order. Called once, in a thread of gRPC's."""

_CONCERNS_ALL: Final = frozenset({"namespace", "request_token"})


class EventShipping:
    """Its methods may be called from any thread."""

    def __init__(self, link: Link, namespace: str) -> None:
        self._link, self._namespace = link, namespace

    def send(self, items: Sequence[Publication], answer: Outcomes) -> None:
        """Store events that have nothing to do with each other; each gets its own outcome."""

        def answered(outcomes: list[int | Exception]) -> None:
            if len(items) > 1 and _may_be_one_events_fault(outcomes[0]):
                middle = len(items) // 2
                self.send(
                    items[:middle], lambda first: self.send(items[middle:], lambda second: answer(first + second))
                )
            else:
                answer(outcomes)

        self.send_whole(items, answered)

    def apart(self, items: Sequence[Publication], outcomes: Sequence[int | Exception]) -> None:
        """No quota stops some of them."""

    def send_whole(self, events: Sequence[Publication], answer: Outcomes) -> None:
        """Store all events or none: what refuses one refuses all."""
        groups = group_by_stream(events)
        request = make_request(events, groups, self._namespace, self._link.surroundings.mint_token())

        def answered(reply: Any) -> None:
            if not isinstance(reply, Exception):
                answer(read_reply(reply, groups))
            else:
                answer([as_one_event(reply) if len(events) == 1 else reply] * len(events))

        self._link.ask("Publish", request, answered)


def _may_be_one_events_fault(outcome: int | Exception) -> bool:
    """A refusal stored nothing, so its parts can be sent anew."""
    if isinstance(outcome, InvalidInput):
        return outcome.field not in _CONCERNS_ALL
    return isinstance(outcome, SequenceConflict | NotPossible)
