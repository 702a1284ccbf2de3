"""The door that quotas keep: a call passes it with all of its tasks, or with none."""

from collections import Counter
from collections.abc import Mapping

from penstock.frontend.intake import Intake
from penstock.model.errors import LimitExceeded, QuotaExceeded
from penstock.model.lane import lambda_of
from penstock.model.token_bucket import Limit
from penstock.ports.quotas import ScheduleQuotas
from penstock.ports.registry import LambdaRecord


async def pass_quotas(quotas: ScheduleQuotas, lambdas: Mapping[str, LambdaRecord], intake: Intake) -> None:
    """Count the good tasks of a call as scheduled.

    Raises `QuotaExceeded` with a delay, and `LimitExceeded` for a call that can never pass as a whole: nothing is
    counted then. Raises `Unavailable`.
    """
    limits = {
        record.id: (record.name, limit) for record in lambdas.values() if (limit := quotas.limit(record.id)) is not None
    }
    if not limits:
        return
    counts = Counter(lambda_of(task.lane) for task in intake.tasks.values())
    limited = {lambda_id: count for lambda_id, count in counts.items() if lambda_id in limits}
    for lambda_id, count in limited.items():
        name, limit = limits[lambda_id]
        if count > limit.burst:
            raise LimitExceeded(
                "tasks", f"are {count} of {name}; its quota lets {limit.burst} pass at once: send them in parts"
            )
    refused = await quotas.accept(limited) if limited else None
    if refused is not None:
        limit, wait_s = refused
        name = limits[limit.key[0]][0]
        raise QuotaExceeded(
            f"{name} is over its quota of {rate_text(limit)}; none of the {sum(counts.values())} tasks of this call "
            f"were scheduled, try again in {wait_s:.3g} s",
            wait_s,
            name,
            rate_text(limit),
        )


def rate_text(limit: Limit) -> str:
    """`100/s, 250 at once`."""
    return f"{limit.per_s:g}/s, {limit.burst} at once"
