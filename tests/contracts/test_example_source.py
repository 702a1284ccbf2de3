"""The source of the examples is one as a third party writes it, and keeps the contract."""

from __future__ import annotations

import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from penstock.compose.custom_source import GuardedSource, load_factory, open_custom_source
from penstock.model.errors import InvalidInput, Unavailable
from penstock.source_settings import CustomSource
from penstock.sources import Heads, RangeRead, StoredEvent
from penstock.testing.contracts import HISTORY_IDEAS, Idea, SourceScene, SourceUnderTest
from penstock.testing.contracts.source_scene import key, span

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from penstock.ports.event_source import EventSource

FACTORY = "examples.sources.line_files:open_source"


class FilesUnderTest(SourceUnderTest):
    def __init__(self, folder: Path, source: EventSource) -> None:
        self._folder, self._source = folder, source
        self._moment_us = 0

    @property
    def source(self) -> EventSource:
        return self._source

    async def put(self, *changes: tuple[str, bytes]) -> None:
        for subject, line in changes:
            with (self._folder / f"{subject}.lines").open("ab") as file:
                file.write(line + b"\n")

    async def moment(self) -> int:
        self._moment_us += 1
        return self._moment_us


def declared(folder: Path) -> CustomSource:
    return CustomSource(kind="custom", factory=FACTORY, options={"folder": str(folder)})


@pytest.mark.parametrize("idea", HISTORY_IDEAS, ids=str)
async def test_contract(idea: Idea[SourceUnderTest, SourceScene], tmp_path: Path) -> None:
    @asynccontextmanager
    async def fresh() -> AsyncIterator[SourceUnderTest]:
        async with open_custom_source("readings", declared(tmp_path)) as source:
            yield FilesUnderTest(tmp_path, source)

    await idea.check(fresh)


async def test_a_line_counts_once_its_end_is_written(tmp_path: Path) -> None:
    async with open_custom_source("readings", declared(tmp_path)) as source:
        (tmp_path / "a.lines").write_bytes(b"1\n2")
        assert await source.heads([key("a"), key("../a"), key("a\x00")]) == [1, 0, 0]


class Wrong:
    """A source with a bug in each answer."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    def __getattr__(self, _name: str) -> Any:
        async def ask(*_: Any) -> Any:
            if isinstance(self._answer, Exception):
                raise self._answer
            return self._answer

        return ask


def event(sequence: int) -> StoredEvent:
    return StoredEvent("a", b"", sequence, 0, "t", b"")


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ([], "source bad gave 0 answers to 1 questions"),
        ([RangeRead([], 11)], "with scanned 11, outside of the range"),
        ([RangeRead([], 4)], "with scanned 4, outside of the range"),
        ([RangeRead([event(7), event(6)], 9)], "not in their order"),
        ([RangeRead([event(6), event(6)], 9)], "not in their order"),
        ([RangeRead([event(5)], 9)], "outside of what it says it has scanned"),
        ([RangeRead([event(8)], 7)], "outside of what it says it has scanned"),
        (KeyError("password"), "source bad has failed: KeyError"),
        (InvalidInput("x", "is wrong"), "source bad: x: is wrong"),
        (Unavailable("away"), "away"),
    ],
)
async def test_an_answer_that_none_can_be_moves_no_cursor(answer: Any, sentence: str) -> None:
    source = GuardedSource("bad", Wrong(answer))
    for ask in (source.read, source.read_latest):
        with pytest.raises(Unavailable, match=sentence):
            await ask([span("a", 5, 10)], 1)


async def test_what_a_source_may_answer_goes_through() -> None:
    for answer in (RangeRead([], 5), RangeRead([event(6), event(10)], 10), RangeRead([], 10)):
        assert await GuardedSource("good", Wrong([answer])).read([span("a", 5, 10)], 1) == [answer]
    heads = Heads([], b"mark", is_end=True)
    assert await GuardedSource("good", Wrong(heads)).scan(b"", 1) == heads


@pytest.mark.parametrize(
    ("factory", "sentence"),
    [
        ("nobodys.module:f", "sources.bad.factory: nobodys.module:f cannot be had: ModuleNotFoundError"),
        ("penstock.sources:nothing", "cannot be had: AttributeError"),
        ("penstock.model.limits:NAME_CHARS_MAX", "is int, not a function"),
    ],
)
def test_a_factory_that_is_none(factory: str, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        load_factory("bad", factory)


async def test_a_source_that_does_not_open_is_said_by_its_name(caplog: pytest.LogCaptureFixture) -> None:
    wrong = CustomSource(kind="custom", factory=FACTORY, options={"path": "secret"})
    with pytest.raises(InvalidInput, match=r"sources\.readings: examples.* failed: KeyError") as refused:
        async with open_custom_source("readings", wrong):
            pass
    assert "secret" not in str(refused.value)
    assert caplog.records[0].levelno == logging.ERROR
