"""A source that somebody else has written, kept at arm's length: what it does wrong is said, and moves no cursor."""

import importlib
import logging
import sys
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

from penstock.model.errors import InvalidInput, PenstockError, SourceUnreadable, Unavailable
from penstock.ports.event_source import EventSource, Heads, RangeRead, SubjectKey, SubjectRange
from penstock.source_settings import CustomSource

Answer = TypeVar("Answer")
log: Final = logging.getLogger(__name__)


def load_factory(name: str, factory: str) -> Any:
    """What `module:function` names, found from the working folder; raises `InvalidInput`."""
    module, _, attribute = factory.partition(":")
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        found: Any = importlib.import_module(module)
        for part in attribute.split("."):
            found = getattr(found, part)
    except Exception as error:
        raise InvalidInput(f"sources.{name}.factory", f"{factory} cannot be had: {error!r}") from error
    if not callable(found):
        raise InvalidInput(f"sources.{name}.factory", f"{factory} is {type(found).__name__}, not a function")
    return found


@asynccontextmanager
async def open_custom_source(name: str, declared: CustomSource) -> AsyncIterator[EventSource]:
    """Opens it; raises `InvalidInput` when it cannot be opened at all."""
    factory = load_factory(name, declared.factory)
    try:
        context = factory(name, declared.options)
        source = await context.__aenter__()
    except Exception as error:
        log.exception("source %s did not open", name)
        raise InvalidInput(f"sources.{name}", f"{declared.factory} failed: {type(error).__name__}") from error
    try:
        yield GuardedSource(name, source)
    finally:
        await context.__aexit__(None, None, None)


class GuardedSource:
    """`EventSource` over another. What that raises is `SourceUnreadable`, and so is an answer that none can be."""

    def __init__(self, name: str, source: EventSource) -> None:
        self._name, self._source = name, source

    async def read(self, ranges: Sequence[SubjectRange], bytes_max: int) -> list[RangeRead]:
        """As the source says, if that can be."""
        return self._possible(ranges, await self._ask(self._source.read(ranges, bytes_max)))

    async def read_latest(self, ranges: Sequence[SubjectRange], bytes_max: int) -> list[RangeRead]:
        """As the source says, if that can be."""
        return self._possible(ranges, await self._ask(self._source.read_latest(ranges, bytes_max)))

    async def heads(self, keys: Sequence[SubjectKey]) -> list[int]:
        """As the source says, one a subject."""
        return self._one_each(keys, await self._ask(self._source.heads(keys)))

    async def positions_at(self, keys: Sequence[SubjectKey], at_us: int) -> list[int]:
        """As the source says, one a subject."""
        return self._one_each(keys, await self._ask(self._source.positions_at(keys, at_us)))

    async def changed(self, mark: bytes, limit: int) -> Heads:
        """As the source says."""
        return await self._ask(self._source.changed(mark, limit))

    async def scan(self, mark: bytes, limit: int) -> Heads:
        """As the source says."""
        return await self._ask(self._source.scan(mark, limit))

    async def _ask(self, question: Awaitable[Answer]) -> Answer:
        try:
            return await question
        except Unavailable:
            raise
        except PenstockError as error:
            raise SourceUnreadable(f"source {self._name}: {error}") from error
        except Exception as error:
            log.exception("source %s has failed", self._name)
            raise SourceUnreadable(f"source {self._name} has failed: {type(error).__name__}") from error

    def _one_each(self, asked: Sequence[Any], answers: Sequence[Answer]) -> list[Answer]:
        if len(answers) != len(asked):
            raise SourceUnreadable(f"source {self._name} gave {len(answers)} answers to {len(asked)} questions")
        return list(answers)

    def _possible(self, ranges: Sequence[SubjectRange], answers: Sequence[RangeRead]) -> list[RangeRead]:
        for each, answer in zip(ranges, self._one_each(ranges, answers), strict=True):
            if wrong := _wrong_about(each, answer):
                raise SourceUnreadable(f"source {self._name} answered {each.key.subject[:80]!r} {wrong}")
        return list(answers)


def _wrong_about(each: SubjectRange, answer: RangeRead) -> str:
    sequences = [event.sequence for event in answer.events]
    if not each.after <= answer.scanned <= each.upto:
        return f"with scanned {answer.scanned}, outside of the range that was asked for"
    if sequences != sorted(set(sequences)):
        return "with events that are not in their order"
    if sequences and not (each.after < sequences[0] and sequences[-1] <= answer.scanned):
        return "with events outside of what it says it has scanned"
    return ""
