"""Streams and events as the command line asks for them."""

from collections.abc import Iterator
from typing import cast

from penstock.cli.client import Client
from penstock.model.limits import LIST_PAGE_MAX, STREAMS_PAGE_MAX
from penstock.model.stream_hold import NO_CHANGE, HoldChange
from penstock.wire.v1 import penstock_pb2 as pb


class StreamClient(Client):
    """Every method raises `PenstockError`s only."""

    def publish(self, group: pb.EventGroup, request_token: bytes) -> pb.PublishReply:
        """Stores the events of one group."""
        request = pb.PublishRequest(namespace=self._namespace, groups=[group], request_token=request_token)
        return cast("pb.PublishReply", self._call("Publish", request))

    def ping(self, stream: str, subject: str, sequence: int) -> int:
        """Says that a subject has come further; answers how many subjects were told about."""
        group = pb.PingGroup(stream=stream, subjects=[subject], sequences=[sequence])
        return int(self._call("Ping", pb.PingRequest(namespace=self._namespace, groups=[group])).subjects)

    def streams(self, limit: int) -> Iterator[pb.Stream]:
        """Up to `limit` by name, page by page."""
        wanted = pb.ListStreamsRequest(namespace=self._namespace)
        while limit > 0:
            wanted.page_size = min(limit, STREAMS_PAGE_MAX)
            page = cast("pb.ListStreamsReply", self._call("ListStreams", wanted))
            yield from page.streams[:limit]
            limit -= len(page.streams)
            wanted.page_token = page.next_page_token
            if not wanted.page_token:
                return

    def stream(self, name: str) -> pb.Stream:
        """One, with its counts."""
        request = pb.ListStreamsRequest(namespace=self._namespace, stream=name)
        return cast("pb.Stream", self._call("ListStreams", request).streams[0])

    def subjects(self, stream: str, limit: int) -> Iterator[pb.SubjectHead]:
        """Up to `limit`, page by page."""
        wanted = pb.ListSubjectsRequest(namespace=self._namespace, stream=stream)
        while limit > 0:
            wanted.page_size = min(limit, LIST_PAGE_MAX)
            page = cast("pb.ListSubjectsReply", self._call("ListSubjects", wanted))
            yield from page.subjects[:limit]
            limit -= len(page.subjects)
            wanted.page_token = page.next_page_token
            if not wanted.page_token:
                return

    def keep(self, stream: str, keep_s: float, hold: HoldChange = NO_CHANGE) -> pb.Stream:
        """Sets how long it keeps its events, and what it does for cursors."""
        request = pb.SetStreamRequest(namespace=self._namespace, stream=stream, keep_s=keep_s)
        if hold.longest_s is not None:
            request.hold_s = hold.longest_s
        if hold.blocked_s is not None:
            request.blocked_s = hold.blocked_s
        if hold.unseen_s is not None:
            request.unseen_s = hold.unseen_s
        return cast("pb.Stream", self._call("SetStream", request))

    def name_schema(self, stream: str, subject: str) -> pb.Stream:
        """Sets of which schemas its data are; "": of any kind."""
        request = pb.SetStreamSchemaRequest(namespace=self._namespace, stream=stream, subject=subject)
        return cast("pb.Stream", self._call("SetStreamSchema", request))

    def latest(self, stream: str, limit: int) -> Iterator[pb.Event]:
        """Up to `limit` of a stream, the latest first."""
        wanted = pb.ReadEventsRequest(namespace=self._namespace, stream=stream)
        while limit > 0:
            wanted.page_size = min(limit, LIST_PAGE_MAX)
            page = cast("pb.ReadEventsReply", self._call("ReadEvents", wanted))
            yield from page.events
            limit -= len(page.events)
            wanted.page_token = page.next_page_token
            if not wanted.page_token:
                return

    def events_of(self, stream: str, subject: str, after: int, limit: int) -> Iterator[pb.Event]:
        """Up to `limit` of a subject after a sequence, in their order."""
        wanted = pb.ReadEventsRequest(namespace=self._namespace, stream=stream, subject=subject, after=after)
        while limit > 0:
            wanted.page_size = min(limit, LIST_PAGE_MAX)
            page = cast("pb.ReadEventsReply", self._call("ReadEvents", wanted))
            yield from page.events
            limit -= len(page.events)
            if not page.events:
                return
            wanted.after = page.events[-1].sequence
