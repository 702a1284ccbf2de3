"""An order's life as events of one subject: published in order, once each, and never past what somebody else decided.

With a platform running (`penstock dev`, or PENSTOCK_ADDRESS), in this folder:

    python orders.py
    penstock events orders --subject order-17
    penstock streams show orders
"""

import asyncio
import sys

from penstock import App, Event, SequenceConflict

app = App("shop")


async def main(order: str) -> None:
    try:
        placed = await app.publish("orders", subject=order, type="order.placed", data={"total": 42}, expected=0)
    except SequenceConflict:
        sys.exit(f"{order} is there already; name another one: python orders.py order-18")
    lines = [Event("orders", order, "order.line", {"item": item}) for item in ("bread", "butter")]
    last = (await app.publish_many(lines))[-1]
    print(f"placed, and {last - placed} lines after it")

    # The payment provider calls twice with one id: it is stored once.
    calls = [app.publish("orders", subject=order, type="order.paid", id=f"payment of {order}") for _ in range(2)]
    paid, again = await asyncio.gather(*calls)
    print("paid once:", paid == again)

    # Two clerks decide at the same time, each from what they have read: one of them has to look again.
    decisions = ["order.shipped", "order.cancelled"]
    outcomes = await asyncio.gather(
        *(app.publish("orders", subject=order, type=kind, expected=paid) for kind in decisions), return_exceptions=True
    )
    for outcome in sorted(outcomes, key=lambda each: isinstance(each, SequenceConflict)):
        if isinstance(outcome, SequenceConflict):
            print(f"one was too late: the order is {outcome.head - paid} further")
        elif isinstance(outcome, BaseException):
            raise outcome
        else:
            print(f"one was stored, as number {outcome - placed + 1}")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "order-17"))
