"""What is asked about quotas and answered, in the shape of the wire but free of it."""

from collections.abc import Sequence

from msgspec import Struct

from penstock.model.quota import Quota


class QuotaCall(Struct, frozen=True):
    """One SetQuota call. `amount` None: clear it."""

    namespace: str
    lambda_name: str
    kind: int
    priority: int = 0
    amount: float | None = None
    burst: int = 0
    reason: str = ""
    who: str = ""
    request_token: bytes = b""


class QuotasStanding(Struct, frozen=True):
    """All that stand, and which of them count: an operator's before what the code declares."""

    quotas: Sequence[Quota]
    in_force: frozenset[Quota]
