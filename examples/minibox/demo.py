"""Minibox: a small Dropbox over a real folder, with every change delivered in order and none missed.

    make demo                    a folder that is made for it
    make demo DIR=~/Pictures     a copy of files of yours (yours are only read)

Starts the whole platform in ./.penstock/minibox, changes, moves and deletes files, kills an executor, loses 30 % of all
pings, and proves at the end that every lambda was told of everything. Stops it all again.
"""

import argparse
import asyncio
import contextlib
import fcntl
import logging
import os
import random
import shutil
import sys
import webbrowser
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TextIO

from penstock.adapters.embedded import EmbeddedEngines
from penstock.cli.exits import Failure
from penstock.cli.platform import LocalPlatform
from penstock.cli.stopping import run_until_signalled
from penstock.model.errors import PenstockError
from penstock.settings import load_settings

from .box import Box
from .figures import first_latenesses, percentile_ms, span_s
from .files import Author, NoFolder, copy_of, shown
from .gardener import Gardener
from .index import search
from .lossy_server import LOST_SHARE, lossy_command, share_file
from .proof import files_below
from .report import write_report
from .run import MiniboxRun, Pace, surroundings, third_party
from .story import Story
from .view import View, view

HOME: Final = Path(".penstock/minibox")
WHOLE: Final = Pace(changes=280, changes_per_s=18)
QUICK: Final = Pace(changes=60, changes_per_s=15)
FILES: Final = 220
QUICK_FILES: Final = 60
QUERIES: Final = ("executor lease", "backoff", "folder")


def main() -> int:
    """The exit code: 0 all is proven, 1 lost, out of order or failed, 2 no such folder, 130 interrupted."""
    parser = argparse.ArgumentParser(
        prog="minibox", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--dir", type=Path, help="a folder to copy files from; it is only read")
    parser.add_argument("--quick", action="store_true", help="fewer files and changes")
    arguments = parser.parse_args()
    home = HOME.resolve()
    try:
        with _only_one(home), surroundings(home):
            _clear(home)
            return _play(arguments.dir, home, arguments.quick, view())
    except (NoFolder, OSError, PenstockError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2 if isinstance(error, NoFolder) else 1


@contextlib.contextmanager
def _only_one(home: Path) -> Iterator[None]:
    """Nobody deletes what another works in; raises `Failure`."""
    home.parent.mkdir(parents=True, exist_ok=True)
    with home.with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failure(f"another Minibox runs in {shown(str(home))}; stop it first, or wait for its end") from None
        yield


def _clear(home: Path) -> None:
    """Of an earlier run, and of what a killed one left behind; raises `EngineError`."""
    asyncio.run(EmbeddedEngines.end_left_behind(home / "platform"))
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    share_file(home).write_text(str(LOST_SHARE))


def _play(wanted: Path | None, home: Path, quick: bool, seen: View) -> int:
    folder, author = Box(home).folder, Author(random.Random(7))
    passed_over = 0
    if wanted is None:
        author.furnish(folder, QUICK_FILES if quick else FILES)
    else:
        passed_over = copy_of(wanted.expanduser(), folder)
    if not any(files_below(folder)):
        author.write(folder / "welcome.md")
    place = f"copied from {shown(str(wanted))}" if wanted else "made for this run"
    more = f" ({passed_over} passed over)" if passed_over else ""
    seen.say(f"{sum(1 for _ in files_below(folder))} files {place}{more}, in {HOME / 'folder'}")
    seen.say("starting PostgreSQL, NATS, a frontend, an orchestrator, a worker, and a third party's server")
    run = MiniboxRun(home, Gardener(folder, author, random.Random(11)), QUICK if quick else WHOLE, seen)
    with (home / "platform.log").open("a") as log:
        interrupted = asyncio.run(_run(run, home, log))
    if interrupted:
        seen.say("interrupted: everything is stopped")
        return 130
    return _tell(run, home, seen)


async def _run(run: MiniboxRun, home: Path, log: TextIO) -> bool:
    # Engines of its own, whatever the environment names: nobody's real platform shall run a demo.
    settings = load_settings(folder=home / "platform", postgres_url="", nats_url="")

    def write(name: str, line: str) -> None:
        log.write(f"{name:<12} | {line}\n")
        log.flush()

    logging.basicConfig(stream=log, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    async with third_party(run.received):
        platform = LocalPlatform(settings, "minibox.lambdas:app", write, command=lossy_command)
        return await run_until_signalled(platform, lambda: run.work(platform))


def _tell(run: MiniboxRun, home: Path, seen: View) -> int:
    """What was found, and the proof; the exit code."""
    story, proof = run.story, run.story.proof
    for query in QUERIES:
        found = ", ".join(shown(path) for path, _ in search(query, 3))
        seen.say(f"search   {query!r}: {found or 'nowhere'}")
    seen.say(f"changed  {', '.join(f'{what} {count}' for what, count in sorted(story.changes.items()))}")
    lost, pings = story.lost_pings
    seen.say(f"pings    {lost} of {pings} were lost on purpose")
    if story.killing is None:
        seen.say("killed   none: the work was done before an executor was caught at it")
    for problem in [*proof.lost, *proof.out_of_order][:10]:
        seen.say(f"problem  {shown(problem)}")
    report = home / "report.html"
    write_report(Box(home), story, last_line(story), QUERIES, report)
    seen.say(f"report   {HOME / report.name}")
    seen.say(f"log      {HOME / 'platform.log'}")
    seen.say(
        f"proof    {proof.subjects} paths by their source, {proof.files} files on disk and {proof.folders} folders'"
        f" permissions compared with what six lambdas and {proof.tasks} tasks wrote"
    )
    seen.say(f"verify   {shown(story.verified.line)}")
    _open(report)
    seen.say(last_line(story))
    return 1 if proof.lost or proof.out_of_order else 0


def _open(report: Path) -> None:
    """In a browser, where somebody sits in front of both."""
    has_display = sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if sys.stdout.isatty() and has_display:
        with contextlib.suppress(webbrowser.Error):
            webbrowser.open(report.as_uri())


def last_line(story: Story) -> str:
    """What was measured; all of it counted from what the lambdas wrote."""
    proof, of_events = story.proof, [run for run in story.runs if run.sequence]
    seconds = span_s(of_events)
    figures = {
        "events": proof.events,
        "deliveries": proof.deliveries,
        "refreshed": story.refreshed,
        "lost": len(proof.lost),
        "out of order": len(proof.out_of_order),
        "events/s": round(proof.events / seconds) if seconds else 0,
        "p95": f"{percentile_ms(first_latenesses(of_events, story.live_from_us), 95)} ms",
    }
    return "  ".join(f"{name} {value}" for name, value in figures.items())
