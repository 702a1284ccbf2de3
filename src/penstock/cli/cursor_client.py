"""Cursors, refresh and verify as the command line asks for them."""

from collections.abc import Iterator
from typing import Final, cast

from penstock.cli.client import Client
from penstock.sdk.caller import caller
from penstock.wire.v1 import penstock_pb2 as pb

VERIFY_TIMEOUT_S: Final = 60.0
"""for a page of a source that is slow"""


class CursorClient(Client):
    """Every method raises `PenstockError`s only."""

    def summaries(self, stream: str = "", subscription: str = "") -> list[pb.CursorSummary]:
        """Subscriptions, by name."""
        request = pb.ListCursorsRequest(namespace=self._namespace, stream=stream, subscription=subscription)
        return list(cast("pb.ListCursorsReply", self._call("ListCursors", request)).subscriptions)

    def show(self, subscription: str, subject: str, limit: int) -> pb.ShowCursorsReply:
        """A subscription's slowest subjects, or one subject."""
        request = pb.ShowCursorsRequest(
            namespace=self._namespace, subscription=subscription, subject=subject, limit=limit
        )
        return cast("pb.ShowCursorsReply", self._call("ShowCursors", request))

    def skip(self, subscription: str, subject: str, sequence: int, reason: str) -> int:
        """Passes over an event; answers where the cursor stands."""
        return int(self._call("SkipEvent", self._order(subscription, subject, sequence, reason)).cursor)

    def redrive(self, subscription: str, subject: str, sequence: int, reason: str) -> pb.MoveCursorReply:
        """Has a dead event handed over again."""
        order = self._order(subscription, subject, sequence, reason)
        return cast("pb.MoveCursorReply", self._call("RedriveEvent", order))

    def replay(self, request: pb.ReplayRequest) -> Iterator[pb.ReplayReply]:
        """The subjects that are named, or all of them, page by page."""
        request.namespace, request.asked_by = self._namespace, caller()
        while True:
            page = cast("pb.ReplayReply", self._call("Replay", request, VERIFY_TIMEOUT_S))
            yield page
            request.page_token = page.next_page_token
            if not request.page_token:
                return

    def refresh(self, stream: str, findings: int) -> pb.GetRefreshReply:
        """How far its loops have come, and what stands still."""
        request = pb.GetRefreshRequest(namespace=self._namespace, stream=stream, findings=findings)
        return cast("pb.GetRefreshReply", self._call("GetRefresh", request))

    def start_refresh(self, stream: str) -> pb.GetRefreshReply:
        """Has every subject compared now."""
        request = pb.StartRefreshRequest(namespace=self._namespace, stream=stream, asked_by=caller())
        return cast("pb.GetRefreshReply", self._call("StartRefresh", request))

    def verify(self, stream: str, subscription: str) -> Iterator[pb.VerifyReply]:
        """All of a stream, page by page."""
        request = pb.VerifyRequest(namespace=self._namespace, stream=stream, subscription=subscription)
        while True:
            page = cast("pb.VerifyReply", self._call("Verify", request, VERIFY_TIMEOUT_S))
            yield page
            request.page_token = page.next_page_token
            if not request.page_token:
                return

    def _order(self, subscription: str, subject: str, sequence: int, reason: str) -> pb.MoveCursorRequest:
        return pb.MoveCursorRequest(
            namespace=self._namespace,
            subscription=subscription,
            subject=subject,
            sequence=sequence,
            asked_by=caller(),
            reason=reason,
        )
