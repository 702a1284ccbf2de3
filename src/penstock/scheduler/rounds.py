"""Rounds that go on whatever happens: trouble makes them slower, nothing ends them but a stop."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from penstock.model.errors import PenstockError
from penstock.scheduler.alarm import Alarm

RETRY_S: Final = 0.05
RETRY_S_MAX: Final = 2.0

log = logging.getLogger(__name__)


class Backoff:
    """How long to wait after the n-th failure in a row: exponential, fully jittered by `chance`."""

    def __init__(self, chance: Callable[[], float]) -> None:
        self._chance = chance
        self._failures = 0

    @property
    def failures(self) -> int:
        """In a row: the first is worth a line in the log, the next ones are not."""
        return self._failures

    def succeeded(self) -> None:
        """Start anew."""
        self._failures = 0

    def failed_s(self) -> float:
        """One more failure; the wait that it asks for, never quite 0."""
        self._failures += 1
        full_s = min(RETRY_S * 2.0 ** min(self._failures, 16), RETRY_S_MAX)
        return full_s * (0.1 + 0.9 * self._chance())


async def keep_doing(
    name: str,
    do_round: Callable[[], Awaitable[object]],
    every_s: float | None,
    chance: Callable[[], float],
    alarm: Alarm,
) -> None:
    """Do a round at once, then every `every_s` (None: only) or when the alarm rings."""
    backoff = Backoff(chance)
    loop = asyncio.get_running_loop()
    while True:
        try:
            await do_round()
        except PenstockError as trouble:
            wait_s = backoff.failed_s()
            level = logging.WARNING if backoff.failures == 1 else logging.DEBUG
            log.log(level, "%s: %s; again in %.2f s", name, trouble, wait_s)
            await asyncio.sleep(wait_s)
        except Exception:
            log.exception("%s failed", name)
            await asyncio.sleep(backoff.failed_s())
        else:
            if backoff.failures:
                log.info("%s: goes on after %d failures", name, backoff.failures)
            backoff.succeeded()
            # Jittered, so that the rounds of many servers do not fall together.
            await alarm.sleep_until(None if every_s is None else loop.time() + every_s * (0.9 + 0.2 * chance()))
