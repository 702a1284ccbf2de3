"""Which buckets this scheduler serves, by leases in the store."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from penstock.ports.due_work import BucketShare
from penstock.ports.membership import Member, Membership

MARGIN: Final = 0.05
"""of the lease: no two clocks run equally fast"""


class BucketHolder:
    """`on_change` is called when the buckets have changed: what is due in the new ones is not known yet."""

    def __init__(self, membership: Membership, me: Member, lease_s: float, on_change: Callable[[], None]) -> None:
        self.members: Sequence[Member] = ()
        """all servers whose lease stood at the last renewal"""
        self._membership = membership
        self._me = me
        self._lease_s = lease_s
        self._on_change = on_change
        self._share: BucketShare = ()
        self._good_until_s = float("-inf")

    def share(self) -> BucketShare:
        """The buckets that are surely ours at this moment: none when the renewal is late."""
        return self._share if asyncio.get_running_loop().time() < self._good_until_s else ()

    async def renew(self) -> None:
        """Announce this server and hold its fair share; raises `Unavailable`."""
        self.members = await self._membership.announce(self._me, self._lease_s)
        before = self.share()
        asked_at_s = asyncio.get_running_loop().time()  # the lease begins no earlier than this
        self._share = await self._membership.hold_buckets(self._me.id, self._lease_s)
        self._good_until_s = asked_at_s + self._lease_s * (1.0 - MARGIN)
        if self._share != before:
            self._on_change()

    async def leave(self) -> None:
        """Serve nothing more, and let others have the buckets at once; raises `Unavailable`."""
        self._good_until_s = float("-inf")
        await self._membership.leave(self._me.id)
