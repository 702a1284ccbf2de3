"""A lambda's policy: how long it may run, how often it is tried, how long it backs off."""

from typing import Final

from msgspec import Struct

from penstock.model.errors import InvalidInput
from penstock.model.limits import ATTEMPTS_MAX, BACKOFF_S_MAX, TIMEOUT_S_MAX
from penstock.model.quota import DeclaredQuota

CRASHES_MAX: Final = 3
"""crashes while alone before a task counts as poison"""
LAPSES_MAX: Final = 50
"""lost leases before a task is given up: generous, because they are rarely its fault"""


class LambdaPolicy(Struct, frozen=True):
    """Times in seconds. Raises `InvalidInput` from `check`."""

    attempts_max: int = 20
    timeout_s: float = 600.0
    backoff_base_s: float = 1.0
    backoff_factor: float = 2.0
    backoff_max_s: float = 3600.0
    quota: DeclaredQuota = DeclaredQuota()

    def check(self) -> "LambdaPolicy":
        """Itself, if every number is within its limits."""
        _within("attempts_max", self.attempts_max, 1, ATTEMPTS_MAX)
        _within("timeout_s", self.timeout_s, 0.001, TIMEOUT_S_MAX)
        _within("backoff_base_s", self.backoff_base_s, 0, BACKOFF_S_MAX)
        _within("backoff_factor", self.backoff_factor, 1, 100)
        _within("backoff_max_s", self.backoff_max_s, 0, BACKOFF_S_MAX)
        self.quota.check()
        return self

    def backoff_s(self, failures: int, chance: float) -> float:
        """The wait after the `failures`-th failure in a row (1, 2, ...).

        Exponential, then jittered over its upper half by `chance`, 0 to 1, so that what failed
        together does not return together.
        """
        exponent = min(max(failures - 1, 0), 64)
        full = min(self.backoff_max_s, self.backoff_base_s * self.backoff_factor**exponent)
        return full * (0.5 + 0.5 * chance)


DEFAULT_POLICY: Final = LambdaPolicy()


def _within(field: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:  # written so that NaN fails too
        raise InvalidInput(field, f"{value} is outside of {low} to {high}")
