"""Orders about the event that comes next in a subject: pass over it, or hand a dead one over again."""

import logging

from penstock.frontend.cursor_calls import CursorOrderCall, Redriven
from penstock.frontend.subscription_look import SubscriptionLook
from penstock.model.cursors import CursorOrder, CursorOrderKind, ReplayOrder, StandingRow
from penstock.model.delivery import delivery_id
from penstock.model.errors import InvalidInput, NotFound
from penstock.model.event import hash_of_subject
from penstock.model.event_filter import matcher
from penstock.model.event_rules import check_sequence, check_subject
from penstock.model.identity import bucket_of_key
from penstock.model.lifecycle import OWNED
from penstock.model.names import check_actor, check_reason
from penstock.model.subscription import Subscription
from penstock.ports.cursors import Cursors
from penstock.ports.event_source import SubjectKey, SubjectRange
from penstock.ports.replays import Replays
from penstock.ports.source_book import SourceBook

audit = logging.getLogger("penstock.audit")


class CursorOrderDesk:
    """Its methods raise `InvalidInput`, `NotFound` and `Unavailable`."""

    def __init__(self, look: SubscriptionLook, cursors: Cursors, replays: Replays, sources: SourceBook) -> None:
        self._look = look
        self._cursors = cursors
        self._replays = replays
        self._sources = sources

    async def skip(self, call: CursorOrderCall) -> int:
        """The event after the cursor counts as done, for good. Those that go after this subscription get it: it was
        passed over here, not there. Answers where the cursor stands afterwards.
        """
        subscription, standing = await self._standing(call)
        if not call.reason:
            raise InvalidInput("reason", "is empty; say why this event is passed over, for those who look for it")
        if call.sequence <= standing.row.cursor:
            raise InvalidInput(
                "sequence", f"{call.sequence} is behind the cursor, which stands at {standing.row.cursor}: it is passed"
            )
        first = await self._next(subscription, standing, call)
        if first != call.sequence:
            what = f"the event that comes next is {first}" if first else "nothing comes next"
            raise InvalidInput("sequence", f"{call.sequence} cannot be skipped: {what}, after {standing.row.cursor}")
        await self._obey(CursorOrderKind.SKIP, call, standing)
        return call.sequence

    async def redrive(self, call: CursorOrderCall) -> Redriven:
        """The dead event that blocks a subject is tried anew, alone. One that was passed over is handed over beside
        what is new, and so out of order.
        """
        subscription, standing = await self._standing(call)
        letters = await self._cursors.letters(subscription.lambda_id, hash_of_subject(call.subject), 1_000)
        letter = next((each.letter for each in letters if each.letter.event.sequence == call.sequence), None)
        if letter is None:
            raise NotFound(f"event {call.sequence} of {call.subject!r} is not dead for {call.subscription}")
        if letter.blocks:
            await self._obey(CursorOrderKind.REDRIVE, call, standing)
        else:
            await self._hand_over(subscription, call, standing)
        return Redriven(standing.row.cursor, out_of_order=not letter.blocks)

    async def _hand_over(self, of: Subscription, call: CursorOrderCall, standing: StandingRow) -> None:
        """The letter stays until the event is done."""
        key = SubjectKey(call.subject, standing.row.subject_hash)
        wanted = SubjectRange(key, call.sequence - 1, call.sequence, 1)
        (found,) = await self._sources.source_of(of.stream_id).read([wanted], 1)
        if not found.events:
            raise NotFound(
                f"the source of {of.spec.stream!r} does not keep event {call.sequence} of {call.subject!r} any more; "
                "its letter has all that is known of it"
            )
        wants = matcher(of.spec.wanted, of.spec.stream)
        if wants is not None and not wants(found.events[0]):
            raise InvalidInput(
                "sequence", f"{call.sequence} is not wanted any more: {call.subscription} filters it out"
            )
        kind, task_id = CursorOrderKind.REDRIVE, standing.row.trigger.id
        order = ReplayOrder(kind, task_id, call.sequence - 1, call.sequence, call.who, call.reason)
        if not all(await self._replays.begin([order])):
            raise InvalidInput(
                "sequence",
                f"{call.sequence} of {call.subject!r} cannot be redriven now: its subject is being replayed, "
                "or the event is done by now; look again",
            )
        self._tell(kind, call)

    async def _standing(self, call: CursorOrderCall) -> tuple[Subscription, StandingRow]:
        check_subject(call.subject)
        check_sequence(call.sequence)
        check_actor(call.who)
        check_reason(call.reason)
        subscription = await self._look.one(call.namespace, call.subscription)
        bucket = bucket_of_key(call.subject.encode())
        place = delivery_id(subscription.lambda_id, subscription.stream_id, hash_of_subject(call.subject), bucket)
        rows = await self._cursors.rows([place])
        if not rows:
            raise NotFound(f"{call.subscription} has heard nothing of a subject {call.subject!r}")
        return subscription, rows[0]

    async def _next(self, of: Subscription, standing: StandingRow, call: CursorOrderCall) -> int:
        """The sequence of the first event after the cursor; 0: its source has none up to the one that is meant."""
        upto = max(call.sequence, standing.row.head)
        key = SubjectKey(call.subject, standing.row.subject_hash)
        wanted = SubjectRange(key, standing.row.cursor, upto, 1)
        (found,) = await self._sources.source_of(of.stream_id).read([wanted], 1)
        return found.events[0].sequence if found.events else 0

    async def _obey(self, kind: CursorOrderKind, call: CursorOrderCall, standing: StandingRow) -> None:
        row = standing.row
        order = CursorOrder(kind, row.trigger.id, call.sequence, row.cursor, call.who, call.reason)
        if row.trigger.status in OWNED or not await self._cursors.obey(order):
            raise InvalidInput(
                "sequence", f"{call.sequence} of {call.subject!r} is being run just now, or has been; look again"
            )
        self._tell(kind, call)

    def _tell(self, kind: CursorOrderKind, call: CursorOrderCall) -> None:
        audit.info(
            "%s orders to %s event %d of %r for %s in %r: %s",
            call.who, kind, call.sequence, call.subject, call.subscription, call.namespace, call.reason,
        )  # fmt: skip
