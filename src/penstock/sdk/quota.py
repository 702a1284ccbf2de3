"""A lambda's quota, as its author writes it."""

from dataclasses import dataclass

from penstock.model.errors import InvalidInput
from penstock.model.quota import DeclaredQuota


@dataclass(frozen=True, kw_only=True, slots=True)
class Quota:
    """What is None is not limited. An operator's quota (`penstock quota set`) counts before it.

    `schedule_per_s`: tasks accepted a second, `schedule_burst` of them at once (those of one second). Over it a call
    waits and tries again, up to the app's timeout, then raises `QuotaExceeded`.
    `start_per_s`: tasks started a second. Over it they wait in their lane, and cost other lanes nothing.
    `weight`: the lambda's part of executors that it shares with others (1).
    """

    schedule_per_s: float | None = None
    schedule_burst: int | None = None
    start_per_s: float | None = None
    weight: float | None = None


NO_QUOTA = Quota()


def make_quota(quota: Quota) -> DeclaredQuota:
    """The quota as the platform keeps it; raises `InvalidInput` naming the number that is wrong."""
    if not isinstance(quota, Quota):
        raise InvalidInput("quota", f"{quota!r} is none; give penstock.Quota(schedule_per_s=...)")
    burst = quota.schedule_burst
    if burst is not None and (type(burst) is not int or burst < 1):
        raise InvalidInput("schedule_burst", f"{burst!r} is no number of tasks")
    for field in ("schedule_per_s", "start_per_s", "weight"):
        amount = getattr(quota, field)
        if amount is not None and (type(amount) not in {int, float}):
            raise InvalidInput(field, f"{amount!r} is no number")
    return DeclaredQuota(quota.schedule_per_s, burst, quota.start_per_s, quota.weight).check()
