"""A message in the hands of its holder."""

from collections.abc import Callable, Sequence

from penstock.model.lane import LaneId
from penstock.model.task import Reference

ACK = b"+ACK"
NAK = b"-NAK"
NAK_LATER = b'-NAK {"delay": 1000000000}'
TERM = b"+TERM"
IN_PROGRESS = b"+WPI"


class PulledMessage:
    """`LaneMessage` of one delivery."""

    __slots__ = ("_answer", "_put_back", "_settled", "enqueued_at_us", "lane", "messages_behind", "references")

    def __init__(
        self,
        lane: LaneId,
        references: Sequence[Reference],
        enqueued_at_us: int,
        messages_behind: int,
        answer: Callable[[bytes], None],
        put_back: Callable[[LaneId, Sequence[Reference], int], None],
    ) -> None:
        self.lane = lane
        self.references = references
        self.enqueued_at_us = enqueued_at_us
        self.messages_behind = messages_behind
        self._answer = answer
        self._put_back = put_back
        self._settled = False

    async def done(self) -> None:
        self.settle(ACK)

    def settle(self, word: bytes) -> None:
        """The last word about it; only the first one counts."""
        if not self._settled:
            self._settled = True
            self._answer(word)

    async def keep(self) -> None:
        if not self._settled:
            self._answer(IN_PROGRESS)

    async def put_back(self, rest: Sequence[Reference]) -> None:
        if not self._settled:
            # First published, then acknowledged: in between it is there twice, never not at all.
            self._put_back(self.lane, rest, self.enqueued_at_us)
            self.settle(ACK)


def messages_behind(reply: str) -> int:
    """Out of `$JS.ACK.<stream>.<consumer>.<delivered>.<seq>.<seq>.<time>.<pending>`, or its longer form.

    The longer form puts domain and account hash in front and may put a random word behind.
    """
    words = reply.split(".")
    pending = words[8] if len(words) == 9 else words[10] if len(words) > 10 else ""
    return int(pending) if pending.isdigit() else 0
