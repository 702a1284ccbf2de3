"""First light: a real folder of files, one durable task per file, and an executor killed on the way.

    make demo                    a copy of Python's own library
    make demo DIR=~/Pictures     a folder of yours (it is only read)

Starts the whole platform in ./.penstock/demo, and stops it at the end.
"""

import argparse
import asyncio
import logging
import os
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

import files_app
from executioner import Killing, kill_one
from folder import NoFolder, copy_of_library, files_in
from ledger import FOLDER_VARIABLE, Reader
from names import from_uri, shown, to_uri
from screen import Screen, screen
from summary import contents_line, figures_line, write_facts

from penstock.cli.app_path import import_path
from penstock.cli.platform import LocalPlatform
from penstock.cli.stopping import run_until_signalled
from penstock.model.errors import PenstockError
from penstock.settings import load_settings

HERE = Path(__file__).resolve().parent
HOME = Path(".penstock/demo")
UNDER_WAY_MAX = 256
"""files that are scheduled and not yet done: a folder is read no faster than it is worked off"""
LOOK_EVERY_S = 0.1


class Demo:
    """One run over one list of files."""

    def __init__(self, files: list[Path], home: Path, view: Screen) -> None:
        self._uris = [to_uri(path) for path in files]
        self._home, self._view = home, view
        self._run = time.strftime("%Y%m%d-%H%M%S") + f"-{os.getpid()}"
        self._describe_file = files_app.describe.options(collection=self._run)
        self._reader = Reader(home / "runs" / self._run)
        self._tasks = self._done = 0
        self._seconds = 0.0
        self._half_way = asyncio.Event()
        self._killing: Killing | None = None
        self.lost = len(files)

    async def work(self, platform: LocalPlatform) -> None:
        """Schedules a task per file, watches, kills; ends when the last task has."""
        files_app.app.connect(platform.address)
        for earlier in (self._home / "runs").glob("*"):
            shutil.rmtree(earlier, ignore_errors=True)
        self._view.say("all of them run: one task per file")
        room = asyncio.Semaphore(UNDER_WAY_MAX)
        await self._describe(self._uris[0], room)  # its end says that an executor is up: from here on it counts
        self._view.begin(len(self._uris))
        began_s = time.perf_counter()
        watching = [asyncio.ensure_future(self._watch(began_s)), asyncio.ensure_future(self._kill_half_way())]
        try:
            await asyncio.gather(*(self._describe(uri, room) for uri in self._uris[1:]))
            self._seconds = time.perf_counter() - began_s
        finally:
            for each in watching:
                each.cancel()
            await asyncio.wait(watching)
            self._show(began_s)
            self._view.end()
            await files_app.app.aclose()

    def report(self) -> None:
        """Merges what was written down and prints what was measured."""
        ledger, target = self._reader.look(), self._home / "facts.jsonl"
        write_facts(ledger, target)
        self._view.say(f"\nfound    {contents_line(ledger)}")
        problems = [facts for facts in ledger.facts.values() if "problem" in facts]
        for facts in problems[:5]:
            self._view.say(f"unread   {shown(from_uri(facts['uri']))}: {facts['problem']}")
        if len(problems) > 5:
            self._view.say(f"unread   ... and {len(problems) - 5} more; all are in the facts")
        if self._uris and self._killing is None:
            self._view.say("killed   none: the files were done before an executor was caught at work")
        self._view.say(f"facts    {target}")
        self._view.say(f"log      {self._home / 'platform.log'}")
        line, self.lost = figures_line(self._uris, self._tasks, ledger, self._seconds)
        self._view.say(line)

    async def _describe(self, uri: str, room: asyncio.Semaphore) -> None:
        async with room:
            handle = await self._describe_file.schedule(uri=uri, run=self._run)
            self._tasks += 1
            try:
                await handle.result()
            except PenstockError as error:
                self._view.say(f"  {shown(from_uri(uri))}: {error}")
            self._done += 1
            if self._done * 2 >= len(self._uris):
                self._half_way.set()

    async def _watch(self, began_s: float) -> None:
        while True:
            self._show(began_s)
            await asyncio.sleep(LOOK_EVERY_S)

    def _show(self, began_s: float) -> None:
        executor = self._executor(self._reader.look().begun)
        self._view.show(self._done, self._done / (time.perf_counter() - began_s), executor)

    def _executor(self, begun: Sequence[dict[str, Any]]) -> str:
        """Who began a file last; the one that was killed is not shown as if it lived."""
        killed = self._killing.pid if self._killing else None
        pid = next((line["pid"] for line in reversed(begun) if line["pid"] != killed), None)
        if pid is not None:
            return f"executor {pid}"
        return "the next executor starts" if killed else ""

    async def _kill_half_way(self) -> None:
        await self._half_way.wait()
        self._killing = await kill_one(self._reader)
        self._tell(self._killing)

    def _tell(self, killing: Killing) -> None:
        self._view.say(f"  half-way: kill -9 {killing.pid}, the executor, while it was running")
        for line in killing.running[:4]:
            self._view.say(f"    {shown(Path(from_uri(line['uri']).name))}")
        if len(killing.running) > 4:
            self._view.say(f"    and {len(killing.running) - 4} more")
        self._view.say("  the platform notices, starts another, and runs them again")


def main() -> int:
    """The exit code: 0 nothing lost, 1 something lost or failed, 2 no such folder, 130 interrupted."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dir", type=Path, help="the folder to work on; it is only read")
    wanted, view, home = parser.parse_args().dir, screen(), HOME.resolve()
    try:
        files, passed_over = _files(wanted, home)
    except (NoFolder, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    place = shown(wanted) if wanted else f"a copy of Python's library in {HOME}"
    others = f" (and {passed_over} links and other things, passed over)" if passed_over else ""
    view.say(f"{len(files)} files in {place}{others}")
    demo = Demo(files, home, view)
    if files:
        view.say("starting PostgreSQL, NATS, a frontend, an orchestrator and a worker")
    else:
        view.say("nothing to do: name a folder with files in it")
        demo.report()
        return 0
    with (home / "platform.log").open("a") as log:
        try:
            interrupted = asyncio.run(_run(demo, home, log))
        except PenstockError as error:
            print(f"error: {error}; {home / 'platform.log'} has more", file=sys.stderr)
            return 1
    if interrupted:
        view.say("interrupted: everything is stopped; what was acknowledged is kept and done at the next run")
        return 130
    demo.report()
    return 1 if demo.lost else 0


def _files(wanted: Path | None, home: Path) -> tuple[list[Path], int]:
    home.mkdir(parents=True, exist_ok=True)
    if wanted is None:
        return files_in(copy_of_library(home / "copy"))
    folder = wanted.expanduser()
    if not folder.is_dir():
        what = "is no folder" if folder.exists() else "does not exist"
        raise NoFolder(f"{shown(folder)} {what}; name one: make demo DIR=~/Pictures")
    return files_in(folder)


async def _run(demo: Demo, home: Path, log: TextIO) -> bool:
    # Engines of its own, whatever the environment names: nobody's real platform shall run a demo.
    settings = load_settings(folder=home, postgres_url="", nats_url="")
    environment = {**import_path(HERE), FOLDER_VARIABLE: str(home / "runs")}

    def write(name: str, line: str) -> None:
        log.write(f"{name:<12} | {line}\n")
        log.flush()

    logging.basicConfig(stream=log, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    platform = LocalPlatform(settings, "files_app:app", write, environment)
    return await run_until_signalled(platform, lambda: demo.work(platform))


if __name__ == "__main__":
    sys.exit(main())
