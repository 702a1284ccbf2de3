"""Quotas: a partner who takes ten charges a second gets no more, and nobody else waits for that.

Run the platform in one terminal, this in another:

    penstock dev shop:app
    python quotas.py
"""

import asyncio

from shop import app, charge, receipt

from penstock import QuotaExceeded, QuotaKind


async def main() -> None:
    # More than the quota lets pass at once: they go in parts, each when its turn has come.
    charges = await app.schedule_many(charge.call(order) for order in range(12))
    print([await each.result() for each in charges][-1])

    # The partner is in trouble: an operator's word stands before what the code declares.
    await app.quotas.set(charge, QuotaKind.SCHEDULE, 0.01, burst=1, reason="the partner is slow", who="ada")
    for quota in await app.quotas.list(charge):
        by = "the code" if quota.declared else quota.who
        print(f"{quota.kind} {quota.amount:g} by {by}{'' if quota.in_force else ', not in force'}")
    print(await refused())

    # What has no quota goes on.
    print(await (await receipt.schedule(7)).result())

    # It is over.
    await app.quotas.clear(charge, QuotaKind.SCHEDULE, reason="repaired", who="ada")
    for change in await app.quotas.history(charge, limit=2):
        print(f"{'cleared' if change.amount is None else change.amount} by {change.who}: {change.reason}")


async def refused() -> str:
    """The quota is heeded in a moment. A delay beyond the app's timeout (30 s) is told at once."""
    while True:
        try:
            await charge.schedule(99)
        except QuotaExceeded as quota:
            return f"{quota.lambda_name} takes {quota.quota}; a minute from now or later: {quota.retry_after_s > 30}"


asyncio.run(main())
