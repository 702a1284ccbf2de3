"""One run: the platform over the folder, people at work in it, what goes wrong, and the proof at the end."""

import asyncio
import contextlib
import json
import os
import secrets
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from penstock.cli.app_path import import_path
from penstock.cli.platform import LocalPlatform
from penstock.server.parent_watch import parent_environment
from penstock.testing.lossy_pings import lost_pings

from . import lossy_server
from .box import HOME_VARIABLE, STREAM, Box
from .faults import kill_one
from .figures import pipes
from .files import shown
from .gardener import Gardener
from .history import History
from .proof import SUBSCRIPTIONS, files_below, prove, still_missing
from .source import Source, open_source
from .story import Story
from .verified import disagreements, verify
from .view import Sight, View
from .webhook import SECRET_VARIABLE, URL_VARIABLE

EXAMPLES: Final = Path(__file__).resolve().parents[1]
LOOK_EVERY_S: Final = 0.2
SETTLE_LOOK_S: Final = 0.3
PATIENCE_S: Final = 45.0
"""without any progress; then what is missing is lost"""
_GROUPS: Final = {
    "texts": ["minibox.index", "minibox.notify"],
    "records": ["minibox.audit", "minibox.permissions", "minibox.inherit"],
    "previews": ["minibox.previews"],
    "webhook": ["minibox.webhook"],
}
_SETTINGS: Final = {
    "PENSTOCK_REFRESH_RECENT_EVERY_S": "0.5",
    "PENSTOCK_STOP_GRACE_S": "10",
    "PENSTOCK_NAMESPACE": "default",
}


@dataclass(frozen=True)
class Pace:
    """How much happens."""

    changes: int
    changes_per_s: float


@contextmanager
def surroundings(home: Path) -> Iterator[None]:
    """What all processes of a run find in their environment; ours is as it was afterwards."""
    before = dict(os.environ)
    source = {"kind": "folder", "folder": str(Box(home).folder), "look_every_s": 0.2}
    os.environ.update(
        {
            **_SETTINGS,
            **import_path(EXAMPLES),
            HOME_VARIABLE: str(home),
            SECRET_VARIABLE: "whsec_" + secrets.token_urlsafe(32).replace("-", "+").replace("_", "/") + "=",
            lossy_server.SHARE_VARIABLE: str(lossy_server.share_file(home)),
            "PENSTOCK_SOURCES": json.dumps({STREAM: source}),
            "PENSTOCK_GROUPS": json.dumps(_GROUPS),
        }
    )
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


class MiniboxRun:
    """Works on a platform that has been started."""

    def __init__(self, home: Path, gardener: Gardener, pace: Pace, view: View) -> None:
        self.story = Story()
        self._box, self._home = Box(home), home
        self._gardener, self._pace, self._view = gardener, pace, view
        self._history = History(self._box.history)
        self._phase = "starting"

    @property
    def received(self) -> Path:
        """What the third party noted."""
        return self._home / "received.jsonl"

    async def work(self, platform: LocalPlatform) -> None:
        """Changes files and kills an executor; ends when nothing is behind any more, or nothing moves."""
        async with open_source(platform.postgres_url) as source:
            self._view.begin()
            watching = asyncio.ensure_future(self._watch(source))
            try:
                await self._first_files()
                self.say(f"people come to work: {self._pace.changes} changes, {self._pace.changes_per_s:g} a second")
                self._phase, self.story.live_from_us = "changes", time.time_ns() // 1000
                killing = asyncio.ensure_future(self._kill_half_way())
                await self._gardener.work(self._pace.changes, self._pace.changes_per_s)
                self.say("people go home; what is behind is caught up")
                self._phase = "catching up"
                await self._settle(source)
                self.story.verified = await verify(platform.address)
                self.story.proof.lost += disagreements(self.story.proof, self.story.verified)
                killing.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await killing
            finally:
                watching.cancel()
                await asyncio.wait([watching])
                self._show()
                self._view.end()
        self.story.changes = dict(self._gardener.counts)
        self.story.lost_pings = lost_pings(lossy_server.share_file(self._home))

    def say(self, text: str) -> None:
        """To the watcher, and for the report."""
        self.story.told.append((time.time() - self.story.began_s, text))
        self._view.say(f"{self.story.told[-1][0]:5.1f} s  {text}")

    async def _first_files(self) -> None:
        """Until all that was there is done, and what people do next is live; no proof of anything yet."""
        self._phase = "first files"
        wanted = sum(1 for _ in files_below(self._box.folder))
        done, moved_s = 0, time.monotonic()
        while done < len(SUBSCRIPTIONS) * wanted and time.monotonic() - moved_s < PATIENCE_S:
            await asyncio.sleep(SETTLE_LOOK_S)
            before, done = done, sum(run.ended_us > 0 for run in self._history.look())
            moved_s = time.monotonic() if done > before else moved_s

    async def _settle(self, source: Source) -> None:
        """Proves again and again: what is not there yet may still come."""
        progress, moved_s = (-1, -1), time.monotonic()
        while True:
            heads, runs = await source.heads(), self._history.look()
            behind = sum(1 for _ in still_missing(heads, runs))
            is_over = time.monotonic() - moved_s > PATIENCE_S
            if is_over or not behind:  # all else takes longer to compare
                proof = await asyncio.to_thread(prove, self._box, heads, runs, self.received)
                self.story.proof, self.story.runs = proof, runs
                if is_over or not proof.lost:
                    return
                behind = len(proof.lost)
            if progress != (behind, len(runs)):
                progress, moved_s = (behind, len(runs)), time.monotonic()
            await asyncio.sleep(SETTLE_LOOK_S)

    async def _kill_half_way(self) -> None:
        await asyncio.sleep(self._pace.changes / self._pace.changes_per_s / 2)
        killing = await kill_one(self._history)
        self.story.killing, self.story.killed_at_us = killing, time.time_ns() // 1000
        what = ", ".join(f"{run.lambda_name} {shown(run.subject)}" for run in killing.running[:3])
        more = f" and {len(killing.running) - 3} more" if len(killing.running) > 3 else ""
        self.say(f"kill -9 {killing.pid}, an executor, while it ran {what}{more}")

    async def _watch(self, source: Source) -> None:
        shown_s = time.monotonic()
        while True:
            self.story.refreshed = await source.refreshed()
            if time.monotonic() - shown_s >= self._view.every_s:
                self._show()
                shown_s = time.monotonic()
            await asyncio.sleep(LOOK_EVERY_S)

    def _show(self) -> None:
        runs = self._history.look()
        self._view.show(
            Sight(
                self._phase,
                pipes(runs, time.time_ns() // 1000, self.story.live_from_us),
                files=sum(1 for _ in files_below(self._box.folder)),
                changes=sum(self._gardener.counts.values()),
                tasks=sum(run.task != "" and run.ended_us > 0 for run in runs),
                lost_pings=lost_pings(lossy_server.share_file(self._home)),
                refreshed=self.story.refreshed,
            )
        )


@asynccontextmanager
async def third_party(received: Path) -> AsyncIterator[None]:
    """The receiver of the webhooks, in a process of its own; its address is in the environment."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "minibox.receiver",
        str(received),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, **parent_environment()},
        start_new_session=True,  # Ctrl-C reaches us alone, and we stop it
    )
    assert process.stdout is not None
    try:
        os.environ[URL_VARIABLE] = (await process.stdout.readline()).decode().strip()
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
