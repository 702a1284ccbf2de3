"""Server leases and bucket leases in memory."""

from itertools import islice
from typing import Final

from penstock.adapters.memory.cluster import MemoryCluster
from penstock.adapters.memory.trip import Trip
from penstock.model.identity import BUCKETS
from penstock.ports.due_work import BucketShare
from penstock.ports.membership import Member

_COVERS_BUCKETS: Final = "orchestrator"


class MemoryMembership:
    """`Membership` over a `MemoryCluster`."""

    def __init__(self, cluster: MemoryCluster, trip: Trip) -> None:
        self._cluster = cluster
        self._trip = trip

    async def announce(self, me: Member, lease_s: float) -> list[Member]:
        lease_us = round(lease_s * 1_000_000)
        return await self._trip("membership.announce", lambda: self._announce(me, lease_us))

    async def leave(self, member_id: str) -> None:
        await self._trip("membership.leave", lambda: self._leave(member_id))

    async def hold_buckets(self, member_id: str, lease_s: float) -> BucketShare:
        lease_us = round(lease_s * 1_000_000)
        return await self._trip("membership.hold_buckets", lambda: self._hold_buckets(member_id, lease_us))

    def _announce(self, me: Member, lease_us: int) -> list[Member]:
        self._cluster.members[me.id] = (me, self._cluster.now_us() + lease_us)
        return self._live()

    def _live(self) -> list[Member]:
        now_us = self._cluster.now_us()
        return [member for member, until_us in self._cluster.members.values() if until_us > now_us]

    def _leave(self, member_id: str) -> None:
        self._cluster.members.pop(member_id, None)
        holders = self._cluster.bucket_holders
        for bucket in [bucket for bucket, (holder, _) in holders.items() if holder == member_id]:
            del holders[bucket]

    def _hold_buckets(self, member_id: str, lease_us: int) -> BucketShare:
        now_us = self._cluster.now_us()
        holders = self._cluster.bucket_holders
        share = self._fair_share(member_id)
        mine = sorted(bucket for bucket, (holder, _) in holders.items() if holder == member_id)
        for bucket in mine[share:]:
            del holders[bucket]
        mine = mine[:share]
        kept = frozenset(mine)
        free = (bucket for bucket in range(BUCKETS) if _is_free(holders.get(bucket), now_us))
        mine += islice((bucket for bucket in free if bucket not in kept), share - len(mine))
        holders.update(dict.fromkeys(mine, (member_id, now_us + lease_us)))
        return _as_ranges(sorted(mine))

    def _fair_share(self, member_id: str) -> int:
        sharers = {member.id for member in self._live() if member.kind == _COVERS_BUCKETS} | {member_id}
        return -(-BUCKETS // len(sharers))


def _is_free(holding: tuple[str, int] | None, now_us: int) -> bool:
    return holding is None or holding[1] <= now_us


def _as_ranges(buckets: list[int]) -> BucketShare:
    ranges: list[tuple[int, int]] = []
    for bucket in buckets:
        if ranges and ranges[-1][1] == bucket - 1:
            ranges[-1] = (ranges[-1][0], bucket)
        else:
            ranges.append((bucket, bucket))
    return tuple(ranges)
