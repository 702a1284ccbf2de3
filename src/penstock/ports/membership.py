"""Who is alive among the servers, and who covers which buckets."""

from typing import Protocol

from msgspec import Struct

from penstock.ports.due_work import BucketShare


class Member(Struct, frozen=True):
    """One server process."""

    id: str
    kind: str
    """frontend, orchestrator or push"""
    address: str
    """host:port for workers; "" when it takes none"""


class Membership(Protocol):
    """Leases in the store, by the store's clock."""

    async def announce(self, me: Member, lease_s: float) -> list[Member]:
        """Renew my lease; answers all members whose lease stands, me included."""

    async def leave(self, member_id: str) -> None:
        """Give up my lease and my buckets at once."""

    async def hold_buckets(self, member_id: str, lease_s: float) -> BucketShare:
        """Renew and balance: takes free buckets up to a fair share among live orchestrators, lets go of the rest.

        Two members never hold the same bucket at the same time by the store's clock.
        """
