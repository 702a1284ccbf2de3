"""The orchestrator looks after the journal, whatever becomes of its upkeep of tasks."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from penstock.compose.orchestrator import _tend
from penstock.model.errors import Unavailable
from penstock.settings import Settings

if TYPE_CHECKING:
    from penstock.model.stream_hold import HeldStream


class Upkeep:
    """Notes what it was asked for; raises when told."""

    def __init__(self, error: Exception | None = None) -> None:
        self.asked: list[tuple[object, ...]] = []
        self.was_asked = asyncio.Event()
        self._error = error

    async def tend(self, *keep_s: object) -> str:
        self.asked.append(keep_s)
        self.was_asked.set()
        if self._error is not None:
            raise self._error
        return "done"


class Holds:
    """No stream waits for cursors; or nobody can tell, which it notes."""

    def __init__(self, error: Exception | None = None) -> None:
        self.was_asked = asyncio.Event()
        self._error = error

    async def held(self) -> list[HeldStream]:
        self.was_asked.set()
        if self._error is not None:
            raise self._error
        return []


async def _tended(tasks: Upkeep, events: Upkeep | Holds, holds: Holds | None = None, retention: Any = None) -> None:
    """One round of upkeep, until `events` was asked."""
    store: Any = SimpleNamespace(retention=tasks, event_retention=retention or events, event_holds=holds or Holds())
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
    assert (tasks.asked, events.asked) == ([(3 * 86_400, 9 * 86_400)], [(43_200, {})])


async def test_trouble_with_one_upkeep_keeps_no_other_and_ends_nothing() -> None:
    tasks, events = Upkeep(Unavailable("no")), Upkeep(Unavailable("no"))
    await _tended(tasks, events)
    assert len(tasks.asked) == len(events.asked) == 1


async def test_no_event_goes_while_nobody_can_tell_who_needs_it() -> None:
    events, holds = Upkeep(), Holds(Unavailable("no"))
    await _tended(Upkeep(), holds, holds, events)
    assert events.asked == []
