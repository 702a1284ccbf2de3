"""Quotas: how many tasks of a lambda may be scheduled and started a second, and its weight among others."""

import math
from collections.abc import Iterable, Sequence
from enum import Enum, IntEnum, unique
from hashlib import blake2b
from typing import Final

import msgspec
from msgspec import Struct, structs

from penstock.model.errors import InvalidInput
from penstock.model.lane import LambdaId
from penstock.model.limits import QUOTA_BURST_MAX, QUOTA_PER_S_MAX, QUOTA_PER_S_MIN, WEIGHT_MAX, WEIGHT_MIN

WHOLE_LAMBDA: Final = 0
"""Instead of a priority: all lanes of the lambda together."""
UNLIMITED: Final = math.inf
"""An operator's word against a quota that the code declares."""

SHORT_FOR_US: Final = 2_000_000
"""A quota that kept somebody waiting so lately, or two of its turns ago, still does: a busy lane asks that often."""


@unique
class QuotaKind(IntEnum):
    """What is limited. The numbers are stored."""

    SCHEDULE = 1
    """tasks accepted a second; over it a call is refused with a delay"""
    START = 2
    """tasks handed to executors a second; over it they wait in their lane"""
    WEIGHT = 3
    """its part of executors that it shares with other lambdas, 1 unless told otherwise"""

    def __str__(self) -> str:
        """Its name as people read it; the number is the store's."""
        return self.name.lower()

    __format__ = Enum.__format__


class Quota(Struct, frozen=True):
    """One quota of one lambda. Times in microseconds since 1970, by the store's clock."""

    lambda_id: LambdaId
    lambda_name: str
    kind: QuotaKind
    priority: int
    """a `Priority`, or `WHOLE_LAMBDA`"""
    amount: float
    """tasks a second; of a weight: the weight; `UNLIMITED`: none, whatever the code declares"""
    burst: int = 0
    """tasks that may pass at once; 0: those of one second, at least one"""
    declared: bool = False
    """by the code of its worker; else by an operator, whose word counts"""
    since_us: int = 0
    reason: str = ""
    who: str = ""
    denied_us: int = 0
    """when it last kept somebody waiting; 0: never"""

    @property
    def burst_in_force(self) -> int:
        """Tasks that may pass at once."""
        return self.burst or max(1, math.floor(min(self.amount, QUOTA_BURST_MAX)))

    def denied_at(self, denied_us: int) -> "Quota":
        """The same with when it last kept somebody waiting."""
        return structs.replace(self, denied_us=denied_us)


class QuotaOrder(Struct, frozen=True):
    """What an operator wants."""

    namespace_id: int
    lambda_id: LambdaId
    kind: QuotaKind
    priority: int = WHOLE_LAMBDA
    amount: float | None = None
    """None: what the code declares counts again"""
    burst: int = 0
    reason: str = ""
    who: str = ""
    token: bytes = b""
    """an order that comes again with its token changes nothing, however late"""

    @property
    def content_hash(self) -> bytes:
        """What "the same order" means for a token."""
        return blake2b(msgspec.msgpack.encode(structs.replace(self, token=b"")), digest_size=16).digest()


class QuotaLine(Struct, frozen=True):
    """One line of the audit trail. Written once."""

    version: int
    at_us: int
    lambda_name: str
    kind: QuotaKind
    priority: int
    amount: float | None
    """None: the operator's quota was cleared"""
    burst: int
    reason: str
    who: str


class DeclaredQuota(Struct, frozen=True):
    """What the code of a lambda says of itself; None: nothing. Raises `InvalidInput` from `check`."""

    schedule_per_s: float | None = None
    schedule_burst: int | None = None
    start_per_s: float | None = None
    weight: float | None = None

    def check(self) -> "DeclaredQuota":
        """Itself, if every number is within its limits."""
        if self.schedule_burst is not None and self.schedule_per_s is None:
            raise InvalidInput("schedule_burst", "needs schedule_per_s: how many tasks a second fill it again")
        check_burst("schedule_burst", self.schedule_burst or 0)
        for field, kind in (
            ("schedule_per_s", QuotaKind.SCHEDULE),
            ("start_per_s", QuotaKind.START),
            ("weight", QuotaKind.WEIGHT),
        ):
            amount = getattr(self, field)
            if amount is not None:
                check_amount(field, kind, amount)
                if amount == UNLIMITED:
                    raise InvalidInput(field, "is unlimited without being set; leave it out")
        return self

    def quotas(self, lambda_id: LambdaId, lambda_name: str, denied_us: int = 0) -> list[Quota]:
        """The same, one by one."""
        amounts = (
            (QuotaKind.SCHEDULE, self.schedule_per_s, self.schedule_burst or 0),
            (QuotaKind.START, self.start_per_s, 0),
            (QuotaKind.WEIGHT, self.weight, 0),
        )
        return [
            Quota(lambda_id, lambda_name, kind, WHOLE_LAMBDA, amount, burst, declared=True, denied_us=denied_us)
            for kind, amount, burst in amounts
            if amount is not None
        ]


def in_order(quotas: Iterable[Quota]) -> list[Quota]:
    """As they are listed: by name, kind and priority, an operator's before what the code declares."""
    return sorted(
        quotas, key=lambda quota: (quota.lambda_name, quota.lambda_id, quota.kind, quota.priority, quota.declared)
    )


def in_force(quotas: Iterable[Quota]) -> Sequence[Quota]:
    """An operator's quota stands before the one that the code declares."""
    chosen: dict[tuple[LambdaId, QuotaKind, int], Quota] = {}
    for quota in quotas:
        place = (quota.lambda_id, quota.kind, quota.priority)
        if place not in chosen or chosen[place].declared:
            chosen[place] = quota
    return list(chosen.values())


def short_of(quotas: Iterable[Quota], priorities: Iterable[int], now_us: int) -> Quota | None:
    """The slowest quota for starts that keeps one of these lanes of a lambda waiting now."""
    lanes = {WHOLE_LAMBDA, *priorities}
    short = [
        quota
        for quota in in_force(quotas)
        if quota.kind is QuotaKind.START
        and quota.priority in lanes
        and quota.denied_us > now_us - SHORT_FOR_US - 2_000_000 / quota.amount
        and quota.amount != UNLIMITED
    ]
    return min(short, key=_amount, default=None)


def _amount(quota: Quota) -> float:
    return quota.amount


def check_amount(field: str, kind: QuotaKind, amount: float) -> float:
    """A rate or a weight; raises `InvalidInput`."""
    if kind is QuotaKind.WEIGHT:
        if not WEIGHT_MIN <= amount <= WEIGHT_MAX:  # written so that NaN fails too
            raise InvalidInput(field, f"{amount:g} is outside of {WEIGHT_MIN:g} to {WEIGHT_MAX:g}")
    elif amount != UNLIMITED and not QUOTA_PER_S_MIN <= amount <= QUOTA_PER_S_MAX:
        stop = "; a gate stops a lambda altogether: `penstock gate pause`" if amount == 0 else ""
        raise InvalidInput(
            field, f"{amount:g} tasks a second are outside of {QUOTA_PER_S_MIN:g} to {QUOTA_PER_S_MAX:g}{stop}"
        )
    return amount


def check_burst(field: str, burst: int) -> int:
    """0: the default; raises `InvalidInput`."""
    if not 0 <= burst <= QUOTA_BURST_MAX:
        raise InvalidInput(field, f"{burst} tasks at once are outside of 1 to {QUOTA_BURST_MAX}")
    return burst
