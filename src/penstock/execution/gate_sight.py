"""What an executor knows of gates: enough to start nothing that one has stopped for a second."""

from typing import Final

from penstock.execution.held import Held
from penstock.model.limits import GATE_SIGHT_S
from penstock.model.work import GateNews

SIGHT_US: Final = round(GATE_SIGHT_S * 1_000_000)
TELL_S: Final = 0.2
"""what has waited for so long here is told of, so that news of gates come"""


class GateSight:
    """Of one credit stream. Written on the platform's side and read on the users': one reference is swapped."""

    __slots__ = ("_news",)

    def __init__(self) -> None:
        self._news = GateNews(0)

    def hear(self, news: GateNews) -> None:
        """The latest of the stream."""
        self._news = news

    def lets(self, held: Held, now_us: int) -> bool:
        """Whether it may start now. Its claim passed the gates too: the later of both looks counts.

        False when that was too long ago: stopped, cut off, or with servers that have lost the store, this executor
        cannot know.
        """
        if not held.checked_us:
            return True  # from a server that knows no gates
        news = self._news
        if news.checked_us <= held.checked_us:
            return now_us - held.checked_us <= SIGHT_US
        return now_us - news.checked_us <= SIGHT_US and not self._stops(news, held)

    def stops(self, held: Held) -> bool:
        """Whether a gate that was shut after its claim stands before it."""
        return held.checked_us < self._news.checked_us and self._stops(self._news, held)

    @staticmethod
    def _stops(news: GateNews, held: Held) -> bool:
        shut = news.shut
        return bool(shut) and ((held.lambda_name, "") in shut or (held.lambda_name, held.collection) in shut)
