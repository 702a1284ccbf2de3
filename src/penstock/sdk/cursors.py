"""Cursors as an app asks for them: how far subscriptions have come, what stands, and what to do about it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from penstock.model.errors import InvalidInput
from penstock.model.event_rules import check_sequence, check_stream, check_subject
from penstock.model.limits import LIST_PAGE_MAX
from penstock.model.names import check_reason
from penstock.model.replay_rules import check_bounds, check_subjects
from penstock.sdk.caller import caller
from penstock.sdk.connection import Connection
from penstock.sdk.cursor_answers import (
    Redriven,
    Replay,
    SubscriptionShown,
    SubscriptionState,
    Verified,
    behind_of,
    shown_of,
    state_of,
)
from penstock.sdk.durations import microseconds_since_1970, moment_of
from penstock.sdk.gates import AnyOf, name_of
from penstock.sdk.waiting import without_loop
from penstock.wire.v1 import penstock_pb2 as pb

Place = int | datetime
"""A sequence of a subject, or a time with its zone."""
_SHOWN: Final = 20


class Cursors:
    """An app's `cursors`. A subscription is named by its lambda. Each method raises `InvalidInput`, `NotFound` for a
    subscription, stream or subject that is not there, and `Unavailable` when the platform does not answer. `*_sync` is
    for code without an event loop. Who orders something is you, as far as the system knows you.

    An order that got no answer may have been obeyed; when it is repeated it is refused then, as its event is not in its
    place any more.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def list(self, stream: str = "") -> tuple[SubscriptionState, ...]:
        """All subscriptions, or those of a stream, by name, and how many subjects of each wait for what."""
        request = pb.ListCursorsRequest(stream=check_stream(stream) if stream else "")
        return tuple(map(state_of, (await self._ask("ListCursors", request)).subscriptions))

    async def show(self, of: AnyOf, subject: str = "", *, limit: int = _SHOWN) -> SubscriptionShown:
        """A subscription with the subjects that have stood longest, or the one that is named, and its dead events."""
        if not 1 <= limit <= LIST_PAGE_MAX:
            raise InvalidInput("limit", f"{limit!r} is outside of 1 to {LIST_PAGE_MAX}")
        subject = check_subject(subject) if subject else ""
        request = pb.ShowCursorsRequest(subscription=name_of(of), subject=subject, limit=limit)
        return shown_of(await self._ask("ShowCursors", request))

    async def explain(self, of: AnyOf, subject: str) -> str:
        """What a subject of a subscription waits for, in one sentence without its full stop."""
        request = pb.ShowCursorsRequest(subscription=name_of(of), subject=check_subject(subject), limit=_SHOWN)
        return str((await self._ask("ShowCursors", request)).waits_for)

    async def skip(self, of: AnyOf, subject: str, sequence: int, *, reason: str) -> int:
        """Pass over the event that comes next, for good; answers where the cursor stands then."""
        if not reason:
            raise InvalidInput("reason", "is empty; say why this event is passed over")
        return int((await self._ask("SkipEvent", _order(of, subject, sequence, reason))).cursor)

    async def redrive(self, of: AnyOf, subject: str, sequence: int, *, reason: str = "") -> Redriven:
        """Try a dead event again, alone, with all its attempts. One that was passed over comes out of order."""
        done = await self._ask("RedriveEvent", _order(of, subject, sequence, reason))
        return Redriven(done.cursor, done.out_of_order)

    async def replay(
        self,
        of: AnyOf,
        subjects: Sequence[str] = (),
        *,
        since: Place | None = None,
        until: Place | None = None,
        preview: bool = False,
        reason: str = "",
    ) -> Replay:
        """Hand over again what a subscription has completed, beside what is new and below it; its cursors stay.

        `subjects`: none: all. `since`, `until`: both included; a sequence needs one subject. `preview`: count the
        events, and do nothing; without it a reason is needed.
        """
        request = pb.ReplayRequest(subscription=name_of(of), subjects=subjects, preview=preview)
        request.from_sequence, request.from_us = _place("since", since)
        request.to_sequence, request.to_us = _place("until", until)
        check_bounds(request.from_sequence, request.from_us, request.to_sequence, request.to_us)
        check_subjects(subjects, has_sequences=bool(request.from_sequence or request.to_sequence))
        if not reason and not preview:
            raise InvalidInput("reason", "is empty; say why these events are handed over again")
        request.reason, request.asked_by = check_reason(reason), caller()
        pages = await self._pages("Replay", request)
        is_counted = all(page.events >= 0 for page in pages)
        return Replay(
            sum(page.subjects for page in pages),
            sum(page.events for page in pages) if is_counted else None,
            sum(page.busy for page in pages),
            moment_of(min((page.first_us for page in pages if page.first_us), default=0)),
        )

    async def verify(self, stream: str, of: AnyOf | None = None) -> Verified:
        """Compare what a stream's source has with what its subscriptions, or one, have completed. Goes through all
        subjects of the stream.
        """
        request = pb.VerifyRequest(stream=check_stream(stream), subscription=name_of(of))
        pages = await self._pages("Verify", request)
        return Verified(
            moment_of(pages[0].looked_at_us),
            sum(page.subjects for page in pages),
            tuple(behind_of(lag) for page in pages for lag in page.behind),
        )

    async def refresh(self, stream: str) -> None:
        """Have every subject of a stream compared with the cursors now, and what is behind raised."""
        await self._ask("StartRefresh", pb.StartRefreshRequest(stream=check_stream(stream), asked_by=caller()))

    def list_sync(self, stream: str = "") -> tuple[SubscriptionState, ...]:
        """`list` for code without an event loop."""
        return without_loop("list", self.list(stream))

    def show_sync(self, of: AnyOf, subject: str = "", *, limit: int = _SHOWN) -> SubscriptionShown:
        """`show` for code without an event loop."""
        return without_loop("show", self.show(of, subject, limit=limit))

    def explain_sync(self, of: AnyOf, subject: str) -> str:
        """`explain` for code without an event loop."""
        return without_loop("explain", self.explain(of, subject))

    def skip_sync(self, of: AnyOf, subject: str, sequence: int, *, reason: str) -> int:
        """`skip` for code without an event loop."""
        return without_loop("skip", self.skip(of, subject, sequence, reason=reason))

    def redrive_sync(self, of: AnyOf, subject: str, sequence: int, *, reason: str = "") -> Redriven:
        """`redrive` for code without an event loop."""
        return without_loop("redrive", self.redrive(of, subject, sequence, reason=reason))

    def replay_sync(
        self,
        of: AnyOf,
        subjects: Sequence[str] = (),
        *,
        since: Place | None = None,
        until: Place | None = None,
        preview: bool = False,
        reason: str = "",
    ) -> Replay:
        """`replay` for code without an event loop."""
        order = self.replay(of, subjects, since=since, until=until, preview=preview, reason=reason)
        return without_loop("replay", order)

    def verify_sync(self, stream: str, of: AnyOf | None = None) -> Verified:
        """`verify` for code without an event loop."""
        return without_loop("verify", self.verify(stream, of))

    def refresh_sync(self, stream: str) -> None:
        """`refresh` for code without an event loop."""
        without_loop("refresh", self.refresh(stream))

    async def _pages(self, method: str, request: Any) -> Sequence[Any]:
        """All of them, at least one."""
        pages = [await self._ask(method, request)]
        while pages[-1].next_page_token:
            request.page_token = pages[-1].next_page_token
            pages.append(await self._ask(method, request))
        return pages

    async def _ask(self, method: str, request: Any) -> Any:
        client = self._connection.client()
        request.namespace = client.namespace
        return await client.ask(method, request)


def _order(of: AnyOf, subject: str, sequence: int, reason: str) -> pb.MoveCursorRequest:
    return pb.MoveCursorRequest(
        subscription=name_of(of),
        subject=check_subject(subject),
        sequence=check_sequence(sequence),
        asked_by=caller(),
        reason=check_reason(reason),
    )


def _place(field: str, place: Place | None) -> tuple[int, int]:
    """A sequence, or else a time."""
    if place is None:
        return 0, 0
    if isinstance(place, int):
        return check_sequence(place, field), 0
    return 0, microseconds_since_1970(field, place)
