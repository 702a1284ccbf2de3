"""How far refresh has come, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec import structs

from penstock.adapters.memory.cluster import MemoryCluster
from penstock.adapters.memory.trip import Trip
from penstock.model.event import StreamId
from penstock.model.refresh import Finding, PassCount, RefreshLoop, RefreshState, RefreshWish, StepDone

_HELD_LOOK_US = 1_000_000


@dataclass(slots=True)
class RefreshRow:
    """A loop, and who leads it on."""

    state: RefreshState
    held_by: str = ""
    held_until_us: int = 0


class MemoryRefreshes:
    """`Refreshes` over a `MemoryCluster`."""

    def __init__(self, cluster: MemoryCluster, trip: Trip) -> None:
        self._cluster, self._trip = cluster, trip

    async def next_step_in_s(self, wishes: Sequence[RefreshWish]) -> float | None:
        return await self._trip("refreshes.next_step_in_s", lambda: self._next_step_in_s(wishes))

    async def take(self, wishes: Sequence[RefreshWish], holder: str, lease_s: float) -> RefreshState | None:
        return await self._trip("refreshes.take", lambda: self._take(wishes, holder, round(lease_s * 1_000_000)))

    async def note(self, step: RefreshState, holder: str, done: StepDone) -> bool:
        return await self._trip("refreshes.note", lambda: self._note(step, holder, done))

    async def ask(self, stream_id: StreamId, loop: RefreshLoop, asked_by: str) -> RefreshState:
        return await self._trip("refreshes.ask", lambda: self._ask(stream_id, loop, asked_by))

    async def standing(self, stream_ids: Sequence[StreamId]) -> list[RefreshState]:
        return await self._trip("refreshes.standing", lambda: self._standing(stream_ids))

    async def findings(self, stream_id: StreamId, limit: int) -> list[Finding]:
        return await self._trip("refreshes.findings", lambda: self._findings(stream_id, limit))

    def _row(self, stream_id: StreamId, loop: RefreshLoop) -> RefreshRow:
        return self._cluster.refreshes.setdefault(
            (stream_id, loop),
            RefreshRow(
                RefreshState(stream_id, loop, b"", 0, 0, PassCount(), 0, 0, PassCount(), self._cluster.now_us())
            ),
        )

    def _next_step_in_s(self, wishes: Sequence[RefreshWish]) -> float | None:
        waits = [self._wait_us(wish) for wish in wishes]
        return min(waits) / 1_000_000 if waits else None

    def _wait_us(self, wish: RefreshWish) -> int:
        row, now_us = self._row(wish.stream_id, wish.loop), self._cluster.now_us()
        if row.held_until_us > now_us:
            return min(row.held_until_us - now_us, _HELD_LOOK_US)
        if not self._is_watched(wish):
            return _HELD_LOOK_US
        return 0 if _is_outdated(row.state, wish) else max(0, row.state.next_at_us - now_us)

    def _take(self, wishes: Sequence[RefreshWish], holder: str, lease_us: int) -> RefreshState | None:
        due = [wish for wish in wishes if self._is_due(wish)]
        if not due:
            return None
        wish = min(due, key=lambda each: (self._row(each.stream_id, each.loop).state.next_at_us, each.loop))
        row, now_us = self._row(wish.stream_id, wish.loop), self._cluster.now_us()
        if not row.state.began_at_us:
            row.state = structs.replace(row.state, began_at_us=now_us, edition=wish.edition)
        row.held_by, row.held_until_us = holder, now_us + lease_us
        return row.state

    def _is_due(self, wish: RefreshWish) -> bool:
        row, now_us = self._row(wish.stream_id, wish.loop), self._cluster.now_us()
        if row.held_until_us > now_us or not (row.state.next_at_us <= now_us or _is_outdated(row.state, wish)):
            return False
        return self._is_watched(wish)

    def _is_watched(self, wish: RefreshWish) -> bool:
        """Whether what comes during a full pass is seen by the other loop."""
        recent = self._cluster.refreshes.get((wish.stream_id, RefreshLoop.RECENT))
        return wish.loop is RefreshLoop.RECENT or bool(recent and recent.state.mark)

    def _note(self, step: RefreshState, holder: str, done: StepDone) -> bool:
        row, now_us = self._row(step.stream_id, step.loop), self._cluster.now_us()
        if row.held_by != holder:
            return False
        row.held_by, row.held_until_us = "", 0
        next_at_us = now_us + round(done.pause_s * 1_000_000)
        count = row.state.count + done.seen
        row.state = structs.replace(row.state, mark=done.mark, count=count, next_at_us=next_at_us)
        for each in done.found:
            finding = structs.replace(each, seen_at_us=now_us)
            self._cluster.findings[each.delivery_id] = (step.stream_id, finding)
        if done.is_end:
            self._end(row, step.asked_by)
        return True

    def _end(self, row: RefreshRow, known_asker: str) -> None:
        state = row.state
        is_asked_anew = state.asked_by != known_asker
        row.state = structs.replace(
            state,
            count=PassCount(),
            began_at_us=0,
            last_began_at_us=state.began_at_us,
            last_ended_at_us=self._cluster.now_us(),
            last_count=state.count,
            asked_by=state.asked_by if is_asked_anew else "",
            next_at_us=self._cluster.now_us() if is_asked_anew else state.next_at_us,
        )
        if state.loop is RefreshLoop.FULL:
            for key, (stream_id, finding) in list(self._cluster.findings.items()):
                if stream_id == state.stream_id and finding.seen_at_us < state.began_at_us:
                    del self._cluster.findings[key]

    def _ask(self, stream_id: StreamId, loop: RefreshLoop, asked_by: str) -> RefreshState:
        row = self._row(stream_id, loop)
        next_at_us = min(row.state.next_at_us, self._cluster.now_us())
        row.state = structs.replace(row.state, next_at_us=next_at_us, asked_by=asked_by)
        return row.state

    def _standing(self, stream_ids: Sequence[StreamId]) -> list[RefreshState]:
        return [row.state for (number, _), row in sorted(self._cluster.refreshes.items()) if number in stream_ids]

    def _findings(self, stream_id: StreamId, limit: int) -> list[Finding]:
        now_us = self._cluster.now_us()
        stood = [each for number, each in self._cluster.findings.values() if number == stream_id]
        aged = [structs.replace(each, stands_us=each.stands_us + now_us - each.seen_at_us) for each in stood]
        return sorted(aged, key=lambda each: -each.stands_us)[:limit]


def _is_outdated(state: RefreshState, wish: RefreshWish) -> bool:
    return not state.began_at_us and state.edition != wish.edition
