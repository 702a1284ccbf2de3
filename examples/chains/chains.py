"""Chains: charge and pack side by side, then ship, then clean up, whatever became of it.

Run the platform in one terminal, this in another:

    penstock dev shop:app
    python chains.py
"""

import asyncio

from shop import app, charge, clean_up, pack, ship

from penstock import Handle, TaskCancelled


async def order(name: str, cents: int, *items: str) -> tuple[Handle[str], Handle[str]]:
    """Stored in one request, all of it or nothing."""
    async with app.batch() as batch:
        charged = batch.add(charge.call(name, cents))
        packed = [batch.add(pack.call(name, item)) for item in items]
        shipped = batch.add(ship.options(parents=[charged, *packed]).call(name))
        cleaned = batch.add(clean_up.options(parents=[shipped], on_parent_failure="continue").call(name))
    return shipped.handle, cleaned.handle


async def main() -> None:
    shipped, cleaned = await order("order 1", 4_200, "pen", "ink", "paper")
    print(await shipped.result())
    print(await cleaned.result())

    # The card is declined: nothing is shipped, and the cleaning up happens all the same.
    shipped, cleaned = await order("order 2", 4_200_000, "globe")
    try:
        await shipped.result()
    except TaskCancelled as cancelled:
        print(f"order 2: {cancelled.reason.split()[-1]}")
    print(await cleaned.result())

    # A child may come late, too: its parent may wait, run or have ended.
    late = await clean_up.options(parents=[cleaned]).schedule("order 3")
    print(await late.result())


asyncio.run(main())
