"""How often this process may try again what the platform has refused for now."""

import threading
from collections.abc import Callable
from typing import Final

RETRIES_PER_CALL: Final = 0.1
RETRIES_PER_S: Final = 1.0
"""so that who calls seldom can be patient, too"""
SAVED_MAX: Final = 10.0


class RetryBudget:
    """Every call earns a tenth of a retry, and every second one. May be used from any thread."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._now_s = now_s
        self._saved = SAVED_MAX
        self._counted_at_s = now_s()
        self._lock = threading.Lock()

    def call(self) -> None:
        """One more call, tried for the first time."""
        with self._lock:
            self._saved = min(SAVED_MAX, self._saved + RETRIES_PER_CALL)

    def retry(self) -> bool:
        """Whether one may be tried again; it counts if so."""
        with self._lock:
            now_s = self._now_s()
            self._saved = min(SAVED_MAX, self._saved + (now_s - self._counted_at_s) * RETRIES_PER_S)
            self._counted_at_s = now_s
            if self._saved < 1:
                return False
            self._saved -= 1
            return True
