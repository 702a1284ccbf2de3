"""Replays: parts of subjects that a subscription has completed are handed to it again, beside what is new."""

import logging
from collections.abc import Sequence

from msgspec import Struct

from penstock.frontend.page_token import NameSeal
from penstock.frontend.replay_calls import ReplayCall, Replayed
from penstock.frontend.replay_count import Counted, count_events
from penstock.frontend.subscription_look import SubscriptionLook
from penstock.model.cursors import CursorOrderKind, ReplayOrder
from penstock.model.delivery import delivery_id, replay_id
from penstock.model.delivery_row import NewDelivery
from penstock.model.errors import InvalidInput, LimitExceeded, NotFound
from penstock.model.event import hash_of_subject
from penstock.model.identity import TaskId, bucket_of_key
from penstock.model.lane import Priority, lane_of
from penstock.model.limits import VERIFY_PAGE_DEFAULT, VERIFY_PAGE_MAX
from penstock.model.names import check_actor, check_reason
from penstock.model.replay_rules import check_bounds, check_subjects
from penstock.model.subscription import START_AT_THE_BEGINNING, Subscription
from penstock.ports.cursors import Cursors
from penstock.ports.deliveries import Deliveries, no_room
from penstock.ports.event_source import EventSource, SubjectKey, SubjectRange
from penstock.ports.replays import Replays
from penstock.ports.source_book import SourceBook

audit = logging.getLogger("penstock.audit")


class _Part(Struct, frozen=True, gc=False):
    """What is replayed of a subject: events after `after`, up to and with `upto`."""

    id: TaskId
    key: SubjectKey
    after: int
    upto: int
    is_made: bool
    """its subscription has a row of it"""
    is_busy: bool


class ReplayDesk:
    """`page_key`: see `InquiryDesk`."""

    def __init__(
        self,
        look: SubscriptionLook,
        cursors: Cursors,
        replays: Replays,
        deliveries: Deliveries,
        sources: SourceBook,
        page_key: bytes,
    ) -> None:
        self._look = look
        self._cursors = cursors
        self._replays = replays
        self._deliveries = deliveries
        self._sources = sources
        self._seal = NameSeal(page_key)

    async def replay(self, call: ReplayCall) -> Replayed:
        """Named subjects, or a page of all. What is after a subject's cursor is none of it: that comes anyway.

        Raises `InvalidInput`, `NotFound`, `Unavailable`; then nothing has begun, unless the store did not answer.
        """
        _check(call)
        of = await self._look.one(call.namespace, call.subscription)
        source = self._sources.source_of(of.stream_id)
        if call.subjects:
            keys, token = [SubjectKey(each, hash_of_subject(each)) for each in call.subjects], ""
            await _check_known(source, keys)
        else:
            keys, token = await self._page(source, of, call)
        parts = await self._parts(of, source, keys, call)
        idle = [part for part in parts if not part.is_busy]
        counted = None
        if call.preview or call.subjects:
            counted = await count_events(source, [_range(part) for part in idle], of.spec)
            _check_kept(call, idle, counted)
        begun = len(idle) if call.preview else await self._begin(of, idle, call)
        return Replayed(
            begun,
            counted.wanted if counted else -1,
            len(parts) - begun,
            len(keys),
            counted.first_us if counted else 0,
            token,
        )

    async def _page(self, source: EventSource, of: Subscription, call: ReplayCall) -> tuple[list[SubjectKey], str]:
        scope = ("replay", of.stream_id, of.lambda_id, *call.bounds)
        mark = bytes.fromhex(self._seal.last(scope, call.page_token)) if call.page_token else b""
        page = await source.scan(mark, call.page_size or VERIFY_PAGE_DEFAULT)
        keys = {SubjectKey(each.subject, each.subject_hash): None for each in page.heads}
        return list(keys), "" if page.is_end else self._seal.token(scope, page.mark.hex())

    async def _parts(
        self, of: Subscription, source: EventSource, keys: Sequence[SubjectKey], call: ReplayCall
    ) -> list[_Part]:
        """Those that are not empty."""
        if not keys:
            return []
        ids = [_row_of(of, key) for key in keys]
        rows = await self._cursors.rows([*ids, *map(replay_id, ids)])
        cursors = {each.row.trigger.id: each.row.cursor for each in rows}
        missing = [key for key, each in zip(keys, ids, strict=True) if each not in cursors]
        starts = dict(zip(missing, await _starts(of, source, missing), strict=True))
        after = await _positions(source, keys, call.from_us - 1) if call.from_us else [0] * len(keys)
        upto = await _positions(source, keys, call.to_us) if call.to_us else [call.to_sequence] * len(keys)
        parts = []
        for key, task_id, first, last in zip(keys, ids, after, upto, strict=True):
            cursor = cursors.get(task_id, starts.get(key, 0))
            begins = max(first, call.from_sequence - 1)
            ends = min(cursor, last) if call.to_us or call.to_sequence else cursor
            if begins < ends:
                parts.append(_Part(task_id, key, begins, ends, task_id in cursors, replay_id(task_id) in cursors))
        return parts

    async def _begin(self, of: Subscription, parts: Sequence[_Part], call: ReplayCall) -> int:
        """Answers how many have begun. Rows that nobody needed so far are made at their starts."""
        lane = lane_of(of.lambda_id, Priority.NORMAL)
        starts = await _starts(of, self._sources.source_of(of.stream_id), [each.key for each in parts])
        rows = [
            NewDelivery(
                part.id, lane, of.namespace_id, of.stream_id, part.key.subject, part.key.subject_hash, start, start
            )
            for part, start in zip(parts, starts, strict=True)
            if not part.is_made
        ]
        if rows:
            await self._deliveries.make(rows, no_room)
        kind = CursorOrderKind.REPLAY
        orders = [ReplayOrder(kind, part.id, part.after, part.upto, call.who, call.reason) for part in parts]
        begun = sum(await self._replays.begin(orders))
        if begun:
            audit.info(
                "%s orders to replay %d subjects for %s in %r: %s",
                call.who, begun, call.subscription, call.namespace, call.reason,
            )  # fmt: skip
        return begun


def _check(call: ReplayCall) -> None:
    check_actor(call.who)
    check_reason(call.reason)
    check_bounds(*call.bounds)
    check_subjects(call.subjects, has_sequences=bool(call.from_sequence or call.to_sequence))
    if not 0 <= call.page_size <= VERIFY_PAGE_MAX:
        raise LimitExceeded("page_size", f"{call.page_size} is outside of 1 to {VERIFY_PAGE_MAX}")
    if not call.reason and not call.preview:
        raise InvalidInput("reason", "is empty; say why these events are handed over again")


async def _check_known(source: EventSource, keys: Sequence[SubjectKey]) -> None:
    for key, head in zip(keys, await source.heads(keys), strict=True):
        if not head:
            raise NotFound(f"its source has no event of a subject {key.subject!r}: it never had, or has forgotten all")


def _check_kept(call: ReplayCall, parts: Sequence[_Part], counted: Counted) -> None:
    """Named subjects of which nothing is there are a mistake, or the source has forgotten what is meant."""
    if not call.subjects or not parts or counted.found:
        return
    raise NotFound(
        f"the source of {call.subscription} keeps no event of {_named(call.subjects)} in this range: "
        "it has none there, or has forgotten them; `penstock streams show` says how long events are kept"
    )


def _named(subjects: Sequence[str]) -> str:
    return repr(subjects[0]) if len(subjects) == 1 else f"these {len(subjects)} subjects"


def _row_of(of: Subscription, key: SubjectKey) -> TaskId:
    return delivery_id(of.lambda_id, of.stream_id, key.subject_hash, bucket_of_key(key.subject.encode()))


def _range(part: _Part) -> SubjectRange:
    return SubjectRange(part.key, part.after, part.upto, 0)


async def _starts(of: Subscription, source: EventSource, keys: Sequence[SubjectKey]) -> list[int]:
    """Where rows that are missing would begin: all before that was there when somebody subscribed."""
    if of.spec.start_at_us == START_AT_THE_BEGINNING:
        return [0] * len(keys)
    return await _positions(source, keys, of.spec.start_at_us)


async def _positions(source: EventSource, keys: Sequence[SubjectKey], at_us: int) -> list[int]:
    return list(await source.positions_at(keys, at_us)) if keys else []
