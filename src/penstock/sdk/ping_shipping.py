"""Sends pings; what waits shares a request."""

from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Struct

from penstock.model.errors import Unavailable
from penstock.sdk.link import Link
from penstock.wire.v1 import penstock_pb2 as pb

PATIENCE_S: Final = 1.0
"""a ping is not worth more: what was missed is found by refresh"""


class PingCall(Struct, frozen=True):
    """One ping on its way, checked."""

    stream: str
    subject: str
    sequence: int

    @property
    def size_bytes(self) -> int:
        """About what it takes on the wire."""
        return len(self.subject) + len(self.stream) + 16


class PingShipping:
    """Sends what waited in one request. Its methods may be called from any thread."""

    def __init__(self, link: Link, namespace: str) -> None:
        self._link, self._namespace = link, namespace

    def send(self, items: Sequence[PingCall], answer: Callable[[list[bool | Exception]], None]) -> None:
        """Each gets its own outcome; a refused batch is halved until the guilty one stands alone."""

        def answered(reply: object) -> None:
            if isinstance(reply, Exception) and not isinstance(reply, Unavailable) and len(items) > 1:
                middle = len(items) // 2
                self.send(
                    items[:middle], lambda first: self.send(items[middle:], lambda second: answer(first + second))
                )
            else:
                answer([reply if isinstance(reply, Exception) else True] * len(items))

        self._link.ask("Ping", _request(items, self._namespace), answered, timeout_s=PATIENCE_S)

    def apart(self, items: Sequence[PingCall], outcomes: Sequence[bool | Exception]) -> None:
        """No quota stops some of them."""


def _request(items: Sequence[PingCall], namespace: str) -> pb.PingRequest:
    groups: dict[str, pb.PingGroup] = {}
    for item in items:
        group = groups.setdefault(item.stream, pb.PingGroup(stream=item.stream))
        group.subjects.append(item.subject)
        group.sequences.append(item.sequence)
    return pb.PingRequest(namespace=namespace, groups=groups.values())
