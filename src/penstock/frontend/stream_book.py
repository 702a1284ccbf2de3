"""The streams' numbers, kept here so that a Publish call needs no trip for them."""

from collections.abc import Collection
from typing import Final

from penstock.frontend.lambda_book import NO_NAMESPACE, LambdaBook
from penstock.model.errors import InvalidInput, NotFound
from penstock.model.event import StreamId
from penstock.model.event_rules import check_stream
from penstock.model.names import check_namespace
from penstock.model.stream import Stream
from penstock.ports.streams import Streams

NO_STREAM: Final = StreamId(0)
"""Holds no event: the store counts from 1."""


class StreamBook:
    """A stream stands for ever, so each is asked for once. `namespaces` knows the numbers of those. `foreign`: the
    <namespace, name> of streams whose events stand elsewhere.
    """

    def __init__(
        self, streams: Streams, namespaces: LambdaBook, foreign: Collection[tuple[str, str]] = frozenset()
    ) -> None:
        self._streams = streams
        self._foreign = frozenset(foreign)
        self._found: dict[tuple[str, str], StreamId] = {}
        self._namespaces = namespaces
        self._numbers: dict[str, tuple[int, dict[str, StreamId]]] = {}

    def require_ours(self, namespace: str, name: str, instead: str) -> None:
        """Raises `InvalidInput` for a stream whose events stand elsewhere. `instead`: what to do."""
        if (check_namespace(namespace), name) in self._foreign:
            raise InvalidInput("stream", f"{name!r} has a source of its own: {instead}")

    def known(self, namespace: str, names: Collection[str]) -> tuple[int, dict[str, StreamId]]:
        """The namespace's number and those of the streams that were asked for before; raises `InvalidInput`."""
        namespace_id, numbers = self._numbers.get(check_namespace(namespace), (NO_NAMESPACE, {}))
        return namespace_id, {name: numbers[name] for name in names if name in numbers}

    async def resolve(self, namespace: str, names: Collection[str]) -> tuple[int, dict[str, StreamId]]:
        """The same for all of them, to publish to: what nobody knew is made. Raises `InvalidInput`, also for a stream
        whose events stand elsewhere, and `Unavailable`.
        """
        for name in names:
            self.require_ours(namespace, name, "its events are written there, and pinged here")
        namespace_id = await self._namespaces.namespace_id(namespace)
        found = await self._streams.resolve(namespace_id, sorted(names))
        self._numbers.setdefault(check_namespace(namespace), (namespace_id, {}))[1].update(found)
        return namespace_id, found

    async def look_up(self, namespace: str, names: Collection[str]) -> dict[str, StreamId]:
        """The numbers of streams that stand; raises `InvalidInput`, `NotFound` for one that does not, `Unavailable`.

        Each is asked for once; none is made.
        """
        space = check_namespace(namespace)
        for name in names:
            if (space, name) not in self._found:
                self._found[(space, name)] = (await self.find(namespace, name)).id
        return {name: self._found[(space, name)] for name in names}

    async def find(self, namespace: str, name: str) -> Stream:
        """One stream; raises `InvalidInput`, `NotFound`, `Unavailable`. None is made."""
        check_stream(name)
        namespace_id = await self._namespaces.known_namespace_id(namespace)
        stream = None if namespace_id == NO_NAMESPACE else await self._streams.find(namespace_id, name)
        if stream is None:
            raise NotFound(f"no stream {name!r} in this namespace; the first event that is published to it makes it")
        return stream
