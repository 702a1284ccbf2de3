"""How much work to ask for: free slots, and a small buffer measured by the drain."""

from penstock.execution.tuning import PREFETCH_BYTES_MAX, PREFETCH_MAX, PREFETCH_S

_WINDOW_S = 0.1
_KEEP = 0.5


class Drain:
    """Claims that ended per second, smoothed, and the size of a payload."""

    def __init__(self, now_s: float) -> None:
        self._since_s = now_s
        self._count = 0
        self._per_s = 0.0
        self._payload_bytes = 0.0

    def count(self, ended: int) -> None:
        """So many have ended."""
        self._count += ended

    def weigh(self, payload_bytes: int) -> None:
        """One more payload was seen."""
        self._payload_bytes += 0.05 * (payload_bytes - self._payload_bytes)

    def prefetch(self, now_s: float) -> int:
        """Claims worth buffering: nothing for slow lambdas, never more than its bounds in count and bytes."""
        elapsed_s = now_s - self._since_s
        if elapsed_s >= _WINDOW_S:
            self._per_s = _KEEP * self._per_s + (1 - _KEEP) * self._count / elapsed_s
            self._since_s, self._count = now_s, 0
        by_count = min(int(self._per_s * PREFETCH_S), PREFETCH_MAX)
        return min(by_count, int(PREFETCH_BYTES_MAX / max(self._payload_bytes, 1.0)))


def worth_asking(wanted: int, outstanding: int) -> bool:
    """Whether to give credit now instead of with the next stamp: not for every single task."""
    return wanted - outstanding > min(wanted // 4, 500)
