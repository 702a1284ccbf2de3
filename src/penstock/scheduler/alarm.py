"""A sleep with an end that others can bring forward."""

import asyncio


class Alarm:
    """For one sleeper. A ring while nobody sleeps ends the next sleep at once."""

    def __init__(self) -> None:
        self._has_rung = False
        self._sleeper: asyncio.Future[None] | None = None

    def ring(self) -> None:
        """Wake the sleeper."""
        self._has_rung = True
        if self._sleeper is not None and not self._sleeper.done():
            self._sleeper.set_result(None)

    async def sleep_until(self, at_s: float | None) -> None:
        """Until the loop's clock shows `at_s`, or a ring; None: until a ring."""
        if not self._has_rung:
            loop = asyncio.get_running_loop()
            self._sleeper = loop.create_future()
            timer = None if at_s is None else loop.call_at(at_s, self.ring)
            try:
                await self._sleeper
            finally:
                self._sleeper = None
                if timer is not None:
                    timer.cancel()
        self._has_rung = False
