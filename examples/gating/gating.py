"""Gates: newsletters wait while password resets go out, and yesterday's promotion is never sent.

Run the platform in one terminal, this in another:

    penstock dev mail:app
    python gating.py
"""

import asyncio

from mail import app, send

from penstock import TaskDropped


async def main() -> None:
    await send.schedule("ada@example.org", "welcome")  # a gate is for a lambda that the platform has heard of

    # Bounces come in: keep the newsletters, for two hours at most, whoever forgets to open the gate.
    gate = await app.gates.pause(send, "newsletter", lasting=2 * 3600, reason="bounces")
    print(f"{gate.state} on {gate.lambda_name}, collection {gate.collection}, by {gate.who}")
    newsletters = [
        await send.options(collection="newsletter").schedule(f"reader{number}@example.org", "news")
        for number in range(3)
    ]

    # The rest of the lambda goes on.
    reset = await send.options(collection="password_reset").schedule("ada@example.org", "your new password")
    print(await reset.result())
    print("newsletters:", [str(await each.status()) for each in newsletters])
    print("held:", [each.held for each in await app.gates.list(send)])

    # A promotion that is out of date: what is due of it ends without having run, and says so.
    await app.gates.drop(send, "promotion", reason="it was over yesterday")
    promotion = await send.options(collection="promotion").schedule("ada@example.org", "only today")
    try:
        await promotion.result()
    except TaskDropped as dropped:
        print("promotion:", dropped.verb)
    await app.gates.open(send, "promotion")

    # Opened, they go out in the order in which they were due.
    await app.gates.open(send, "newsletter", reason="the provider has repaired it")
    for each in newsletters:
        print(await each.result())
    for change in await app.gates.history(send, "newsletter", limit=2):
        print(f"{change.state}: {change.reason}")


asyncio.run(main())
