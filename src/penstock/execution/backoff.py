"""Waiting longer after each failure in a row, jittered so that what failed together does not return together."""

from collections.abc import Callable


class Backoff:
    """Exponential from `first_s` to `longest_s`, jittered over its upper half. `chance` gives 0 to 1."""

    def __init__(self, first_s: float, longest_s: float, chance: Callable[[], float]) -> None:
        self._first_s = first_s
        self._longest_s = longest_s
        self._chance = chance
        self._failures = 0

    @property
    def trouble_is_new(self) -> bool:
        """Nothing has failed since it last went well: worth a line in the log, where the next ones are not."""
        return self._failures == 0

    def next_s(self) -> float:
        """The wait after one more failure."""
        full_s = min(self._longest_s, self._first_s * 2.0 ** min(self._failures, 30))
        self._failures += 1
        return full_s * (0.5 + 0.5 * self._chance())

    def reset(self) -> None:
        """It went well."""
        self._failures = 0
