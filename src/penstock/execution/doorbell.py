"""Waking the other side: one call for a burst, none while it is awake.

The two sides may be two loops on two threads, or one loop in a simulation: only `post` differs.
"""

from collections.abc import Callable


class Doorbell:
    """Rung after something was put where `answer` will look for it."""

    __slots__ = ("_answer", "_post", "_rung")

    def __init__(self, post: Callable[[Callable[[], None]], None], answer: Callable[[], None]) -> None:
        self._post = post
        self._answer = answer
        self._rung = False

    def ring(self) -> None:
        """Have `answer` run soon on the other side. From any thread."""
        if not self._rung:
            self._rung = True
            self._post(self._open)

    def _open(self) -> None:
        # Cleared before the look: what is put down from here on rings again.
        self._rung = False
        self._answer()
