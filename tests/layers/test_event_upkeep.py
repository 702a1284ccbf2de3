"""The orchestrator looks after the journal, whatever becomes of its upkeep of tasks."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

from penstock.compose.orchestrator import _tend
from penstock.model.errors import Unavailable
from penstock.settings import Settings


class Upkeep:
    """Notes what it was asked for; raises when told."""

    def __init__(self, error: Exception | None = None) -> None:
        self.asked: list[tuple[float, ...]] = []
        self.was_asked = asyncio.Event()
        self._error = error

    async def tend(self, *keep_s: float) -> str:
        self.asked.append(keep_s)
        self.was_asked.set()
        if self._error is not None:
            raise self._error
        return "done"


async def _tended(tasks: Upkeep, events: Upkeep) -> None:
    """One round of upkeep."""
    store: Any = SimpleNamespace(retention=tasks, event_retention=events)
    settings = Settings.model_validate({"keep_days": 3, "dead_keep_days": 9, "event_keep_days": 0.5})
    running = asyncio.ensure_future(_tend(store, settings))
    await events.was_asked.wait()
    await asyncio.sleep(0)
    assert not running.done()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_events_are_kept_as_long_as_the_setting_says() -> None:
    tasks, events = Upkeep(), Upkeep()
    await _tended(tasks, events)
    assert (tasks.asked, events.asked) == ([(3 * 86_400, 9 * 86_400)], [(43_200,)])


async def test_trouble_with_one_upkeep_keeps_no_other_and_ends_nothing() -> None:
    tasks, events = Upkeep(Unavailable("no")), Upkeep(Unavailable("no"))
    await _tended(tasks, events)
    assert len(tasks.asked) == len(events.asked) == 1
