"""The streams' numbers, kept here so that a Publish call needs no trip for them."""

from collections.abc import Collection
from typing import Final

from penstock.frontend.lambda_book import NO_NAMESPACE, LambdaBook
from penstock.model.errors import NotFound
from penstock.model.event import StreamId
from penstock.model.event_rules import check_stream
from penstock.model.names import check_namespace
from penstock.model.stream import Stream
from penstock.ports.streams import Streams

NO_STREAM: Final = StreamId(0)
"""Holds no event: the store counts from 1."""


class StreamBook:
    """A stream stands for ever, so each is asked for once. `namespaces` knows the numbers of those."""

    def __init__(self, streams: Streams, namespaces: LambdaBook) -> None:
        self._streams = streams
        self._namespaces = namespaces
        self._numbers: dict[str, tuple[int, dict[str, StreamId]]] = {}

    def known(self, namespace: str, names: Collection[str]) -> tuple[int, dict[str, StreamId]]:
        """The namespace's number and those of the streams that were asked for before; raises `InvalidInput`."""
        namespace_id, numbers = self._numbers.get(check_namespace(namespace), (NO_NAMESPACE, {}))
        return namespace_id, {name: numbers[name] for name in names if name in numbers}

    async def resolve(self, namespace: str, names: Collection[str]) -> tuple[int, dict[str, StreamId]]:
        """The same for all of them: what nobody knew is made. Raises `InvalidInput`, `Unavailable`."""
        namespace_id = await self._namespaces.namespace_id(namespace)
        found = await self._streams.resolve(namespace_id, sorted(names))
        self._numbers.setdefault(check_namespace(namespace), (namespace_id, {}))[1].update(found)
        return namespace_id, found

    async def look_up(self, namespace: str, names: Collection[str]) -> dict[str, StreamId]:
        """The numbers of streams that stand; raises `InvalidInput`, `NotFound` for one that does not, `Unavailable`.

        Each is asked for once; none is made.
        """
        _, found = self.known(namespace, names)
        for name in names:
            if name not in found:
                found[name] = (await self.find(namespace, name)).id
                namespace_id = await self._namespaces.known_namespace_id(namespace)
                self._numbers.setdefault(check_namespace(namespace), (namespace_id, {}))[1][name] = found[name]
        return found

    async def find(self, namespace: str, name: str) -> Stream:
        """One stream; raises `InvalidInput`, `NotFound`, `Unavailable`. None is made."""
        check_stream(name)
        namespace_id = await self._namespaces.known_namespace_id(namespace)
        stream = None if namespace_id == NO_NAMESPACE else await self._streams.find(namespace_id, name)
        if stream is None:
            raise NotFound(f"no stream {name!r} in this namespace; the first event that is published to it makes it")
        return stream
