"""Streams as their users meet them: by SDK and command line, and while what they stand on is killed."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from penstock import App, Event, SequenceConflict
from penstock.adapters.embedded import EmbeddedEngines
from penstock.adapters.postgres import PostgresStore, migrate
from penstock.cli.main import run
from penstock.model.event import hash_of_subject
from tests.processes.cli_runner import PATIENCE_S
from tests.processes.platform_fixture import Server, platform

if TYPE_CHECKING:
    from pathlib import Path

    from tests.processes.platform_fixture import Platform

__all__ = ["platform"]


class Shell:
    """`penstock ...` in this process."""

    def __init__(self, platform: Platform, capsys: pytest.CaptureFixture[str]) -> None:
        self._platform, self._capsys = platform, capsys
        self.said = ""

    def __call__(self, *words: str) -> str:
        """What it prints; it must end well."""
        assert self.code(*words) == 0, self.said
        return self.printed

    def code(self, *words: str) -> int:
        """Its exit code; what it said to people is in `said`."""
        code = run([*words, "--address", self._platform.address, "--namespace", "shell"])
        self.printed, self.said = self._capsys.readouterr()
        return code

    def json(self, *words: str) -> Any:
        return json.loads(self(*words, "--json"))


def test_the_words_of_the_command_line(platform: Platform, capsys: pytest.CaptureFixture[str]) -> None:
    penstock = Shell(platform, capsys)
    first = int(penstock("publish", "files", "--subject", "a.txt", "--type", "file.made", "--data", '{"size": 7}'))
    about = ("publish", "files", "--subject", "a.txt", "--type", "file.changed")
    second = penstock.json(
        *about, "--id", "7", "--source", "disk", "--extension", "region=eu", "--expected", str(first)
    )
    assert second == {"sequence": first + 1, "existed": False}
    assert penstock.json(*about, "--id", "7", "--source", "disk") == {"sequence": first + 1, "existed": True}
    assert "stands already" in penstock.said
    text = (*about, "--content-type", "text/plain", "--data", "a text", "--time", "2026-03-01T09:00Z")
    assert penstock.json(*text)["sequence"] == first + 2

    of_subject = penstock.json("events", "files", "--subject", "a.txt")
    assert [event["sequence"] for event in of_subject] == [first, first + 1, first + 2]
    assert [event.get("data") for event in of_subject] == [{"size": 7}, None, None]
    assert (of_subject[1]["source"], of_subject[1]["id"], of_subject[1]["region"]) == ("disk", "7", "eu")
    assert (of_subject[2]["data_base64"], of_subject[2]["time"]) == ("YSB0ZXh0", "2026-03-01T09:00:00.000000Z")
    after = penstock.json("events", "files", "--subject", "a.txt", "--after", str(first), "--limit", "1")
    assert [event["sequence"] for event in after] == [first + 1]
    assert [e["sequence"] for e in penstock.json("events", "files", "--limit", "2")] == [first + 2, first + 1]
    assert "a text" in penstock("events", "files")

    penstock("publish", "files", "--subject", "b.txt", "--type", "file.made")
    assert "keeps its events: 14d" in penstock("streams", "set-retention", "files", "14d")
    held = ("streams", "set-retention", "files", "14d", "--until-passed", "60d", "--unseen", "3d")
    assert "files keeps its events: 14d 0h, for cursors 60d 0h" in penstock(*held)
    assert "blocked for 7d 0h, nor for a subscription that nobody has served for 3d 0h" in penstock.said
    assert penstock.json("streams", "set-retention", "files", "14d")["hold_s"] == 60 * 86_400
    assert "until all cursors have passed, at longest 60d" in (penstock("streams", "show", "files"), penstock.said)[1]
    assert penstock("streams", "set-retention", "files", "14d", "--until-passed", "none").endswith(": 14d 0h\n")
    (listed,) = penstock.json("streams", "list")
    assert (listed["stream"], listed["subjects"], listed["events"], listed["keep_s"]) == ("files", 2, 4, 14 * 86_400)
    shown = penstock.json("streams", "show", "files")
    heads = {head["subject"]: (head["sequence"], head["appended"]) for head in shown["heads"]}
    assert heads["a.txt"] == (first + 2, 3)
    assert "a.txt" in penstock("streams", "show", "files")
    assert "as the platform" in penstock("streams", "set-retention", "files", "default")
    assert "files" in penstock("streams", "list")


def test_wrong_words_on_the_command_line(platform: Platform, capsys: pytest.CaptureFixture[str]) -> None:
    penstock = Shell(platform, capsys)
    head = int(penstock("publish", "words", "--subject", "a", "--type", "t"))
    about = ("publish", "words", "--subject", "a", "--type", "t")
    for words, sentence in (
        (("publish", "No Name", "--subject", "a", "--type", "t"), "STREAM: 'No Name' is not a name"),
        (("publish", "words", "--subject", "", "--type", "t"), "--subject: is empty"),
        (("publish", "words", "--subject", "a", "--type", ""), "--type: is empty"),
        ((*about, "--data", "{"), "--data: "),
        ((*about, "--data", "NaN"), "--data: is not JSON"),
        ((*about, "--content-type", "json"), "--content-type: 'json' is no media type"),
        ((*about, "--time", "noon"), "--time: 'noon' is no moment"),
        ((*about, "--extension", "region"), "--extension: 'region' is not NAME=VALUE"),
        ((*about, "--extension", "Region=eu"), "--extension: 'Region' is not the name of one"),
        ((*about, "--extension", "a=1", "--extension", "a=2"), "--extension: 'a' is given twice"),
        (("events", "words", "--after", "5"), "--after: is a sequence, which only a subject has"),
        (("events", "words", "--subject", ""), "--subject: is empty"),
        (("streams", "set-retention", "words", "5m"), "TIME: 300 s are outside of 1 hour to 3660 days"),
        (("streams", "set-retention", "words", "0"), "TIME: "),
        (
            ("streams", "set-retention", "words", "9d", "--until-passed", "9d"),
            "--until-passed: 777600 s are not longer",
        ),
        (("streams", "set-retention", "words", "9d", "--blocked", "1m"), "--blocked: 60 s are outside of 1 hour"),
        (("streams", "set-retention", "words", "9d", "--unseen", "0"), "--unseen: "),
        (("streams", "set-retention", "words", "soon"), "TIME: 'soon' is no length of time"),
    ):
        assert penstock.code(*words) == 2, words
        assert sentence in penstock.said
    for nobodys in (("events", "nobodys"), ("streams", "show", "nobodys")):
        assert penstock.code(*nobodys) == 1
        assert "no stream 'nobodys' in this namespace" in penstock.said
    assert penstock.code(*about, "--expected", "0") == 1
    assert f"subject 'a' has reached sequence {head}, and 0 was expected" in penstock.said
    assert len(penstock.json("events", "words")) == 1


def test_a_ping_by_hand(platform: Platform, capsys: pytest.CaptureFixture[str]) -> None:
    penstock = Shell(platform, capsys)
    penstock("publish", "pinged", "--subject", "a b", "--type", "t")
    assert "pinged: told that 'a b' has reached 7" in penstock("ping", "pinged", "--subject", "a b", "--sequence", "7")
    told = penstock.json("ping", "pinged", "--subject", "a", "--sequence", "1")
    assert told == {"stream": "pinged", "subject": "a", "sequence": 1, "taken": True}
    for words, code, sentence in (
        (("No Name", "--subject", "a", "--sequence", "1"), 2, "STREAM: 'No Name' is not a name"),
        (("pinged", "--subject", "", "--sequence", "1"), 2, "--subject: is empty"),
        (("pinged", "--subject", "a", "--sequence", "0"), 2, "--sequence: 0 is no sequence"),
        (("pinged", "--subject", "a", "--sequence", "x"), 2, "--sequence"),
        (("nobodys", "--subject", "a", "--sequence", "1"), 1, "no stream 'nobodys' in this namespace"),
    ):
        assert penstock.code("ping", *words) == code, words
        assert sentence in penstock.said


async def test_an_app_publishes(platform: Platform) -> None:
    app = App("disk", address=platform.address, namespace="sdk")
    first = await app.publish("files", subject="a.txt", type="file.changed", data={"size": 7}, expected=0)
    assert await app.publish_many(Event("files", "a.txt", "t", n) for n in range(3)) == [first + n for n in (1, 2, 3)]
    with pytest.raises(SequenceConflict) as refused:
        await app.publish("files", subject="a.txt", type="t", expected=first)
    assert refused.value.head == first + 3
    again = await asyncio.gather(*(app.publish("files", subject="b", type="t", id="same") for _ in range(20)))
    assert len(set(again)) == 1
    app.close()


class Killed:
    """A frontend on a port of its own and a PostgreSQL, each killed while others publish."""

    def __init__(self, engines: EmbeddedEngines, folder: Path) -> None:
        self._engines, self._folder = engines, folder
        self.port = "0"
        """the one that it was given when it was first started"""
        self._server: Server | None = None

    async def start_frontend(self) -> None:
        environment = {
            "PENSTOCK_POSTGRES_URL": self._engines.postgres_dsn,
            "PENSTOCK_NATS_URL": self._engines.nats_url,
            "PENSTOCK_FRONTEND_PORT": self.port,
        }
        command = [sys.executable, "-m", "penstock.server.process", "frontend"]
        self._server = await asyncio.to_thread(Server, "frontend", command, environment, self._folder)
        self.port = (await asyncio.to_thread(self._server.address)).rpartition(":")[2]

    async def kill_frontend(self) -> None:
        assert self._server is not None
        self._server.process.kill()
        await asyncio.to_thread(self._server.stop)  # it has ended: this closes what we hold of it
        await self.start_frontend()

    async def kill_postgres(self) -> None:
        await self._engines.kill_postgres()
        await self._engines.restart_postgres()

    async def stop(self) -> None:
        if self._server is not None:
            await asyncio.to_thread(self._server.stop)


async def test_what_was_acknowledged_stands_once_and_in_order_whatever_was_killed(tmp_path: Path) -> None:
    engines = await EmbeddedEngines.start(tmp_path / "engines")
    killed = Killed(engines, tmp_path)
    try:
        await migrate(engines.postgres_dsn)
        await killed.start_frontend()
        app = App("disk", address=f"127.0.0.1:{killed.port}", timeout=120)
        publishers = [_Publisher(app, number) for number in range(4)]
        running = [asyncio.ensure_future(each.run()) for each in publishers]
        for kill in (killed.kill_frontend, killed.kill_postgres, killed.kill_frontend):
            await _acknowledged(publishers, 30)
            await kill()
        await _acknowledged(publishers, 30)
        for each in publishers:
            each.stopping = True
        await asyncio.gather(*running)
        app.close()
        async with PostgresStore.connect(engines.postgres_dsn) as store:
            for each in publishers:
                await each.check(store)
    finally:
        await killed.stop()
        await engines.stop()


async def _acknowledged(publishers: list[_Publisher], more: int) -> None:
    """Each of them has been answered so many times again."""
    for each in publishers:
        await each.reaches(len(each.sequences) + more)


class _Publisher:
    """Publishes numbers about a subject of its own, one by one and by the batch, each after the one before."""

    def __init__(self, app: App, number: int) -> None:
        self._app, self.subject = app, f"s{number}"
        self.sequences: list[int] = []
        self.stopping = False
        self._news = asyncio.Condition()

    async def run(self) -> None:
        while not self.stopping:
            first = len(self.sequences)
            if first % 3:
                events = [Event("files", self.subject, "t", first + n) for n in range(20)]
                answer = await self._app.publish_many(events)
            else:
                answer = [await self._app.publish("files", subject=self.subject, type="t", data=first)]
            async with self._news:
                self.sequences += answer
                self._news.notify_all()

    async def reaches(self, count: int) -> None:
        async with asyncio.timeout(PATIENCE_S), self._news:
            await self._news.wait_for(lambda: len(self.sequences) >= count)

    async def check(self, store: PostgresStore) -> None:
        namespace_id = await store.registry.namespace("default")
        stream_id = (await store.streams.resolve(namespace_id, ["files"]))["files"]
        read = []
        after = 0
        while page := await store.journal.read(stream_id, hash_of_subject(self.subject), after, 1_000, 1 << 20):
            read += page
            after = page[-1].sequence
        assert [event.sequence for event in read] == self.sequences
        assert [int(event.data) for event in read] == list(range(len(self.sequences)))
        assert self.sequences == list(range(self.sequences[0], self.sequences[0] + len(self.sequences)))
