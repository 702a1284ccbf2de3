"""Declared sources in a real orchestrator, which is killed while the folder goes on."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.processes.cli_runner import PATIENCE_S
from tests.processes.platform_fixture import Server, platform

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.processes.platform_fixture import Platform

__all__ = ["platform"]
SECRET = "hunter2"
DECLARED = f"""
[sources.papers]
kind = "folder"
folder = "papers"
look_every_s = 0.05

[sources.missing]
kind = "journal_table"
table = "shop.nowhere"
subject = "who"
sequence = "n"
order = "locked"

[sources.away]
kind = "entity_table"
postgres_url = "postgresql://somebody:{SECRET}@127.0.0.1:1/shop"
table = "shop.customer"
subject = "id"
revision = "n"
"""


class Orchestrators:
    """One at a time, in a folder with a `penstock.toml` of its own."""

    def __init__(self, platform: Platform, folder: Path) -> None:
        self._platform, self.folder = platform, folder
        self.running: Server | None = None

    def start(self) -> Server:
        command = [sys.executable, "-m", "penstock.server.process", "orchestrator"]
        self.running = Server("orchestrator", command, self._platform.environment, self.folder)
        return self.running

    def kill(self) -> None:
        if self.running is not None:
            self.running.process.kill()
            self.running.process.wait()
            assert self.running.process.stdout is not None
            self.running.process.stdout.close()
            self.running = None

    def known(self) -> dict[str, tuple[int, int]]:
        """Of each path: what happened last, and its sequence."""
        rows = self._platform.sql(
            "select f.subject, f.kind, f.sequence from penstock.folder_file f"
            " join penstock.stream s on s.id = f.stream_id where s.name = 'papers'"
        )
        return {row[0]: (row[1], row[2]) for row in rows}

    def becomes(self, kinds: dict[str, int]) -> dict[str, int]:
        """Waits until the paths are known so; their sequences."""
        until_s = time.monotonic() + PATIENCE_S
        while {path: kind for path, (kind, _) in self.known().items()} != kinds:
            assert time.monotonic() < until_s, (self.known(), (self.folder / "orchestrator.log").read_text())
            time.sleep(0.02)
        return {path: sequence for path, (_, sequence) in self.known().items()}


@pytest.fixture
def orchestrators(platform: Platform, tmp_path: Path) -> Iterator[Orchestrators]:
    (tmp_path / "penstock.toml").write_text(DECLARED)
    (tmp_path / "papers").mkdir()
    some = Orchestrators(platform, tmp_path)
    yield some
    some.kill()


def test_what_happens_in_a_folder_is_known_through_a_kill(orchestrators: Orchestrators) -> None:
    papers = orchestrators.folder / "papers"
    (papers / "before.txt").write_text("1")
    orchestrators.start().address()
    orchestrators.becomes({"before.txt": 1})
    for name in ("changes.txt", "moves.txt", "goes.txt"):
        (papers / name).write_text("1")
    before = orchestrators.becomes(dict.fromkeys(("before.txt", "changes.txt", "moves.txt", "goes.txt"), 1))
    orchestrators.kill()
    (papers / "changes.txt").write_text("22")
    (papers / "moves.txt").rename(papers / "moved.txt")
    (papers / "goes.txt").unlink()
    orchestrators.start().address()
    after = orchestrators.becomes({"before.txt": 1, "changes.txt": 2, "moves.txt": 4, "moved.txt": 3, "goes.txt": 4})
    assert after.pop("before.txt") == before["before.txt"]
    assert min(after.values()) > max(before.values())
    log = (orchestrators.folder / "orchestrator.log").read_text()
    assert "source missing cannot be read for now: source missing: there is no table shop.nowhere" in log
    assert "source away cannot be read for now: source away: " in log
    assert SECRET not in log
    assert "Traceback" not in log
    assert orchestrators.running is not None
    assert orchestrators.running.stop() == 0
    orchestrators.running = None


def test_a_factory_that_is_none_stops_the_start_in_one_line(orchestrators: Orchestrators) -> None:
    (orchestrators.folder / "penstock.toml").write_text(
        "[sources.mine]\nkind = 'custom'\nfactory = 'nobodys.thing:f'\n"
    )
    server = orchestrators.start()
    assert server.process.wait(PATIENCE_S) != 0
    last = server.log.read_text().strip().splitlines()[-1]
    assert "sources.mine.factory: nobodys.thing:f cannot be had: ModuleNotFoundError" in last
    assert "Traceback" not in server.log.read_text()
