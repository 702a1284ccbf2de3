"""Server leases and bucket leases. Buckets are leased in slices of 16, so that a share is a few rows."""

from collections.abc import Sequence
from typing import Final

from penstock.adapters.postgres.codecs import microseconds
from penstock.adapters.postgres.pools import Pool
from penstock.adapters.postgres.statements import statement
from penstock.model.identity import BUCKETS
from penstock.ports.due_work import BucketShare
from penstock.ports.membership import Member

SLICES: Final = 64
_SLICE_BUCKETS: Final = BUCKETS // SLICES

_ANNOUNCE: Final = statement("member_announce")
_LIVE: Final = statement("members_live")
_LEAVE: Final = statement("member_leave")
_LOCK: Final = statement("buckets_lock")
_SHARERS: Final = statement("buckets_sharers")
_HOLD: Final = statement("buckets_hold")


class PostgresMembership:
    """See `ports.membership.Membership`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def announce(self, me: Member, lease_s: float) -> list[Member]:
        """Renew my lease; answers all members whose lease stands, me included."""
        async with self._pool.connection() as connection:
            await connection.execute(_ANNOUNCE, me.id, me.kind, me.address, microseconds(lease_s))
            return [Member(*row) for row in await connection.fetch(_LIVE)]

    async def leave(self, member_id: str) -> None:
        """Give up my lease and my buckets at once."""
        await self._pool.fetch(_LEAVE, member_id)

    async def hold_buckets(self, member_id: str, lease_s: float) -> BucketShare:
        """Renew and balance."""
        async with self._pool.transaction() as connection:
            slices = await connection.fetch(_LOCK)
            fair_share = -(-SLICES // await connection.fetchval(_SHARERS, member_id))
            mine = [number for number, holder, _ in slices if holder == member_id]
            free = [number for number, holder, stands in slices if holder != member_id and not stands]
            share = sorted((mine + free)[:fair_share])
            await connection.execute(_HOLD, member_id, share, microseconds(lease_s))
        return _as_ranges(share)


def _as_ranges(slices: Sequence[int]) -> BucketShare:
    """Neighbouring slices as one range of buckets, both ends included."""
    ranges: list[tuple[int, int]] = []
    for number in slices:
        low, high = number * _SLICE_BUCKETS, (number + 1) * _SLICE_BUCKETS - 1
        if ranges and ranges[-1][1] == low - 1:
            ranges[-1] = (ranges[-1][0], high)
        else:
            ranges.append((low, high))
    return tuple(ranges)
