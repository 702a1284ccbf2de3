"""What people ask about subscriptions: how far they have come, what stands, and why."""

from typing import Final

from penstock.frontend.cursor_calls import CursorsShown, CursorSummary
from penstock.frontend.subscription_look import SubscriptionLook
from penstock.model.cursor_words import Before, CursorSight, reason_of
from penstock.model.cursors import StandingRow
from penstock.model.delivery import delivery_id
from penstock.model.errors import LimitExceeded
from penstock.model.event import hash_of_subject
from penstock.model.event_rules import check_stream, check_subject
from penstock.model.gate import WHOLE, Gate
from penstock.model.identity import TaskId, bucket_of_key
from penstock.model.lane import LambdaId
from penstock.model.limits import LIST_PAGE_MAX
from penstock.model.subscription import START_AT_THE_BEGINNING, Subscription
from penstock.ports.attendance import Attendances
from penstock.ports.clock import StoreClock
from penstock.ports.cursors import Cursors
from penstock.ports.event_source import SubjectKey
from penstock.ports.filter_failures import FilterFailureCounts
from penstock.ports.gates import Gates
from penstock.ports.source_book import SourceBook

SHOWN: Final = 20


class CursorDesk:
    """Its methods raise `InvalidInput`, `NotFound` and `Unavailable`."""

    def __init__(
        self,
        look: SubscriptionLook,
        cursors: Cursors,
        sources: SourceBook,
        gates: Gates,
        attendances: Attendances,
        clock: StoreClock,
        filter_failures: FilterFailureCounts,
    ) -> None:
        self._look = look
        self._cursors = cursors
        self._sources = sources
        self._gates = gates
        self._attendances = attendances
        self._clock = clock
        self._filter_failures = filter_failures

    async def summaries(self, namespace: str, stream: str = "", subscription: str = "") -> list[CursorSummary]:
        """Of all subscriptions of a namespace, of those of a stream, or of one."""
        one = [await self._look.one(namespace, subscription)] if subscription else []
        wanted = one or await self._look.all(namespace)
        if stream:
            check_stream(stream)
            wanted = [each for each in wanted if each.spec.stream == stream]
        counts = await self._cursors.counts([each.lambda_id for each in wanted])
        return [CursorSummary(*pair) for pair in zip(wanted, counts, strict=True)]

    async def slowest(self, namespace: str, subscription: str, limit: int) -> CursorsShown:
        """The subjects of a subscription that have stood longest."""
        summary = await self._summary(namespace, subscription)
        lambda_id, most = summary.subscription.lambda_id, _limit(limit)
        return CursorsShown(
            summary,
            await self._cursors.slowest(lambda_id, most),
            await self._cursors.letters(lambda_id, b"", most),
            await self._cursors.orders(lambda_id, most),
            filter_failures=await self._filter_failures.of(lambda_id),
        )

    async def subject(self, namespace: str, subscription: str, subject: str, limit: int) -> CursorsShown:
        """One subject of a subscription, and what it waits for."""
        check_subject(subject)
        summary = await self._summary(namespace, subscription)
        of, key = summary.subscription, SubjectKey(subject, hash_of_subject(subject))
        rows = await self._rows(of, key)
        row = rows.get(of.lambda_id)
        letters = await self._cursors.letters(of.lambda_id, key.subject_hash, _limit(limit))
        cursor = row.row.cursor if row else await self._start(of, key)
        source = self._sources.source_of(of.stream_id)
        sight = CursorSight(
            row,
            cursor,
            (await source.heads([key]))[0],
            self._clock.now_us(),
            await self._before(namespace, of, rows),
            next(
                (each for each in await self._gates.standing(of.namespace_id, of.lambda_name) if _is_whole(each)), None
            ),
            self._attendances.of(of.lambda_id),
            next((each for each in letters if each.letter.blocks), None),
        )
        orders = [each for each in await self._cursors.orders(of.lambda_id, LIST_PAGE_MAX) if each.subject == subject]
        failures = await self._filter_failures.of(of.lambda_id)
        reason, rows_shown = reason_of(sight), [row] if row else []
        return CursorsShown(summary, rows_shown, letters, orders, reason, sight.source_head, cursor, failures)

    async def _summary(self, namespace: str, name: str) -> CursorSummary:
        one = await self._look.one(namespace, name)
        return CursorSummary(one, (await self._cursors.counts([one.lambda_id]))[0])

    async def _rows(self, of: Subscription, key: SubjectKey) -> dict[LambdaId, StandingRow]:
        """Those of the subject, of the subscription and of those that go first."""
        bucket = bucket_of_key(key.subject.encode())
        ids: dict[TaskId, LambdaId] = {
            delivery_id(each, of.stream_id, key.subject_hash, bucket): each for each in (of.lambda_id, *of.after)
        }
        return {ids[each.row.trigger.id]: each for each in await self._cursors.rows(list(ids))}

    async def _start(self, of: Subscription, key: SubjectKey) -> int:
        if of.spec.start_at_us == START_AT_THE_BEGINNING:
            return 0
        return (await self._sources.source_of(of.stream_id).positions_at([key], of.spec.start_at_us))[0]

    async def _before(self, namespace: str, of: Subscription, rows: dict[LambdaId, StandingRow]) -> list[Before]:
        names = {each.lambda_id: each.lambda_name for each in await self._look.all(namespace)} if of.after else {}
        found = []
        for other in of.after:
            if other in names:
                gated = any(_is_whole(each) for each in await self._gates.standing(of.namespace_id, names[other]))
                found.append(Before(names[other], rows[other].row.cursor if other in rows else 0, gated))
        return found


def _is_whole(gate: Gate) -> bool:
    return gate.collection == WHOLE


def _limit(limit: int) -> int:
    if not 0 <= limit <= LIST_PAGE_MAX:
        raise LimitExceeded("limit", f"{limit} is outside of 1 to {LIST_PAGE_MAX}")
    return limit or SHOWN
