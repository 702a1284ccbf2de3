"""A watched folder keeps the contract of a source, and misses nothing while it is off."""

from __future__ import annotations

import json
import os
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from penstock.adapters.folder import FolderMissing, FolderWatch
from penstock.adapters.memory import MemoryPingQueue, PingBus
from penstock.adapters.postgres import PostgresStore
from penstock.model.errors import Unavailable
from penstock.model.folder import YOUNG_NS
from penstock.testing.contracts import SOURCE_IDEAS, Idea, SourceScene, SourceUnderTest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from penstock.model.event import StoredEvent, StreamId
    from penstock.ports.event_source import EventSource
    from penstock.ports.folder_state import FolderState

SECOND_NS = 1_000_000_000
NOW_NS = 1_790_000_000 * SECOND_NS


class Disk(SourceUnderTest):
    """A folder whose files have the times that the test gives them, and who watches it."""

    def __init__(self, store: PostgresStore, stream_id: StreamId, folder: Path) -> None:
        self.folder = folder
        self.bus = PingBus()
        self.now_ns = NOW_NS
        self.store, self._stream_id = store, stream_id
        self._written: dict[tuple[str, bytes], int] = {}
        self.watch = self.new_watch()

    def new_watch(self, state: FolderState | None = None) -> FolderWatch:
        """One that knows only what is kept."""
        queue = MemoryPingQueue(self.bus)
        queue._is_started = True
        folders = state or self.store.folders
        return FolderWatch("disk", self.folder, [".*"], self._stream_id, folders, queue, lambda: self.now_ns)

    @property
    def source(self) -> EventSource:
        return self.store.folder_source(self._stream_id)

    async def put(self, *changes: tuple[str, bytes]) -> None:
        unseen: set[str] = set()
        for path, content in changes:
            if path in unseen:
                await self.watch.look()
                unseen.clear()
            self.write(path, content)
            unseen.add(path)
        await self.watch.look()

    def write(self, path: str, content: bytes = b"1") -> None:
        """A second after the file that was written before it."""
        self.now_ns += SECOND_NS
        self.write_at(path, self.now_ns - SECOND_NS, content)
        self._written[(path, content)] = (self.now_ns - SECOND_NS) // 1_000

    def write_at(self, path: str, modified_ns: int, content: bytes = b"1") -> None:
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        os.utime(place, ns=(modified_ns, modified_ns))

    async def moment(self) -> int:
        return (await self.store.clock.compare()).store_us

    def shows(self, event: StoredEvent, content: bytes) -> bool:
        told = json.loads(event.data)
        written_us = self._written[(event.subject, content)]
        return bool(told == {"path": event.subject, "size": len(content), "modified_us": written_us})

    async def told(self) -> dict[str, tuple[str, Any]]:
        """The latest of each path: type, and where it came from or went."""
        scene = SourceScene(self)
        found = {}
        for path in await scene.scan():
            (event,) = (await scene.read(path)).events
            data = json.loads(event.data)
            found[path] = (event.type.removeprefix("file."), data.get("moved_from") or data.get("moved_to") or "")
        return found


@asynccontextmanager
async def opened(dsn: str, folder: Path) -> AsyncIterator[Disk]:
    async with PostgresStore.connect(dsn) as store:
        namespace_id = await store.registry.namespace("default")
        streams = await store.streams.resolve(namespace_id, ["files", "others"])
        (folder / "others").mkdir()
        other = Disk(store, streams["others"], folder / "others")
        await other.put(("a", b"of another stream"), ("foreign", b"1"))
        (folder / "files").mkdir()
        yield Disk(store, streams["files"], folder / "files")


@pytest.fixture
async def disk(postgres_dsn: str, tmp_path: Path) -> AsyncIterator[Disk]:
    async with opened(postgres_dsn, tmp_path) as one:
        yield one


@pytest.mark.parametrize("idea", SOURCE_IDEAS, ids=str)
async def test_contract(idea: Idea[SourceUnderTest, SourceScene], postgres_dsn: str, tmp_path: Path) -> None:
    await idea.check(lambda: opened(postgres_dsn, tmp_path))


async def test_all_that_can_happen_to_a_file(disk: Disk) -> None:
    for path in ("stays", "changes", "goes", "moves", "deep/down/moves", "replaced", "over"):
        disk.write(path)
    assert await disk.watch.look() == 7
    assert set((await disk.told()).values()) == {("created", "")}
    disk.write("changes", b"22")
    (disk.folder / "goes").unlink()
    (disk.folder / "moves").rename(disk.folder / "moved")
    (disk.folder / "deep").rename(disk.folder / "high")
    (disk.folder / "over").rename(disk.folder / "replaced")
    disk.write("new/äöü \n x")
    assert await disk.watch.look() == 9
    assert await disk.told() == {
        "stays": ("created", ""),
        "changes": ("changed", ""),
        "goes": ("deleted", ""),
        "moves": ("deleted", "moved"),
        "moved": ("moved", "moves"),
        "deep/down/moves": ("deleted", "high/down/moves"),
        "high/down/moves": ("moved", "deep/down/moves"),
        "over": ("deleted", "replaced"),
        "replaced": ("changed", ""),
        "new/äöü \n x": ("created", ""),
    }
    assert await disk.watch.look() == 0


async def test_what_happens_while_it_is_off_is_found_when_it_is_on_again(disk: Disk) -> None:
    await disk.put(("a", b"1"), ("b", b"1"), ("c", b"1"))
    before = await SourceScene(disk).scan()
    disk.bus.reached.clear()
    (disk.folder / "a").unlink()
    (disk.folder / "b").rename(disk.folder / "d")
    disk.write("c", b"22")
    assert await disk.new_watch().look() == 4
    assert await disk.told() == {
        "a": ("deleted", ""),
        "b": ("deleted", "d"),
        "c": ("changed", ""),
        "d": ("moved", "b"),
    }
    after = await SourceScene(disk).scan()
    assert all(after[path] > before[path] for path in before)
    assert {subject: sequence for (_, subject), sequence in disk.bus.reached.items()} == after


async def test_a_path_that_comes_back_goes_on_above(disk: Disk) -> None:
    scene = SourceScene(disk)
    (first,) = await scene.put_one_by_one(("a", b"1"))
    (disk.folder / "a").unlink()
    await disk.watch.look()
    gone = await scene.head("a")
    await disk.store.folders._pool.fetch("delete from penstock.folder_file")  # as after a month
    (back,) = await scene.put_one_by_one(("a", b"2"))
    assert first < gone < back


async def test_two_watches_of_one_folder_tell_of_each_change_once(disk: Disk) -> None:
    first, second = disk.watch, disk.new_watch()
    disk.write("a")
    assert [await first.look(), await second.look()] == [1, 0]
    disk.write("b")
    assert [await second.look(), await first.look()] == [1, 0]
    disk.write("a", b"22")
    assert [await first.look(), await second.look()] == [1, 0]
    assert len(await disk.told()) == 2


class Losing:
    """What is written stands, and the answer is lost."""

    def __init__(self, state: FolderState) -> None:
        self._state = state
        self.loses = True

    def __getattr__(self, name: str) -> Any:
        return getattr(self._state, name)

    async def write(self, *arguments: Any) -> Any:
        done = await self._state.write(*arguments)
        if self.loses:
            raise Unavailable("the answer was lost")
        return done


async def test_an_answer_that_was_lost_numbers_nothing_twice(disk: Disk) -> None:
    losing = Losing(disk.store.folders)
    watch = disk.new_watch(losing)
    disk.write("a")
    with pytest.raises(Unavailable):
        await watch.look()
    before = await SourceScene(disk).head("a")
    losing.loses = False
    assert await watch.look() == 0
    assert await SourceScene(disk).head("a") == before > 0


async def test_thousands_of_files_are_kept_in_pieces(disk: Disk) -> None:
    for number in range(2_500):
        disk.write_at(f"{number % 7}/{number}", NOW_NS - SECOND_NS)
    assert await disk.watch.look() == 2_500
    assert len(await SourceScene(disk).scan()) == 2_500
    assert len(set((await SourceScene(disk).scan()).values())) == 2_500


async def test_a_folder_that_is_away_deletes_nothing(disk: Disk) -> None:
    await disk.put(("a", b"1"))
    disk.folder.rename(disk.folder.with_name("away"))
    with pytest.raises(FolderMissing, match="cannot be looked at: No such file"):
        await disk.watch.look()
    disk.folder.write_bytes(b"")
    with pytest.raises(FolderMissing, match="is no folder"):
        await disk.watch.look()
    disk.folder.unlink()
    disk.folder.mkdir()  # as a mount point without its disk
    for watch in (disk.watch, disk.new_watch()):
        with pytest.raises(FolderMissing, match="the one that held 1 files, and is empty: is its disk mounted"):
            await watch.look()
    assert await disk.told() == {"a": ("created", "")}
    disk.write("b")
    await disk.watch.look()
    assert await disk.told() == {"a": ("deleted", ""), "b": ("created", "")}


async def test_what_is_no_file_of_ours_is_passed_over(disk: Disk, caplog: pytest.LogCaptureFixture) -> None:
    disk.write("a")
    disk.write(".hidden")
    disk.write(".git/config")
    (disk.folder / "link").symlink_to(disk.folder / "a")
    (disk.folder / "round").symlink_to(disk.folder)
    os.mkfifo(disk.folder / "pipe")
    (disk.folder / os.fsdecode(b"no-text-\xff")).write_bytes(b"1")
    deep = disk.folder / "/".join(["x" * 200] * 6)
    deep.mkdir(parents=True)
    (deep / "too long").write_bytes(b"1")
    await disk.watch.look()
    await disk.watch.look()
    assert await disk.told() == {"a": ("created", "")}
    assert disk.watch.strays == 2
    assert caplog.text.count("source disk: 2 files cannot be told of") == 1


async def test_a_file_in_the_middle_of_a_change_is_told_when_it_has_come_to_rest(disk: Disk) -> None:
    disk.write_at("a", disk.now_ns)
    assert await disk.watch.look() == 0, "it may change again with the same time"
    disk.now_ns += YOUNG_NS
    assert await disk.watch.look() == 1
    assert await disk.watch.look() == 0


async def test_a_file_that_is_written_to_all_the_time_is_told_of_now_and_then(disk: Disk) -> None:
    told = 0
    for _ in range(12):
        disk.now_ns += SECOND_NS
        disk.write_at("log", disk.now_ns, b"x" * (disk.now_ns // SECOND_NS % 100))
        told += await disk.watch.look()
    assert 1 <= told < 12
    disk.now_ns += SECOND_NS
    assert await disk.watch.look() == 1, "its last change is told, too"
    assert await disk.watch.look() == 0


async def test_both_ends_of_a_move_are_told_together(disk: Disk) -> None:
    await disk.put(("a", b"1"))
    disk.write_at("a", disk.now_ns)
    disk.now_ns += YOUNG_NS
    await disk.watch.look()
    (disk.folder / "a").rename(disk.folder / "b")
    disk.now_ns -= 1
    assert await disk.watch.look() == 0
    disk.now_ns += 1
    assert await disk.watch.look() == 2
    assert await disk.told() == {"a": ("deleted", "b"), "b": ("moved", "a")}
