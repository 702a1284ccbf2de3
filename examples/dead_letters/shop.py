"""Payments that die while the bank is down, and what is done about them when it is back.

penstock dev shop:app                     # here, in one terminal
python shop.py 20                         # in another one: 20 payments, and no bank
penstock dlq kinds                        # 20  shop.pay  budget  ConnectionError
touch bank-is-open
penstock dlq redrive --lambda shop.pay --rate 10 --reason "the bank is back"
penstock dlq sweeps                       # how far it has come, and who ordered it
"""

import asyncio
import sys
from pathlib import Path

from penstock import App, Retry

app = App("shop")
BANK = Path(__file__).with_name("bank-is-open")


@app.task(retry=Retry(max_attempts=2, backoff=0.05))
async def pay(order: int) -> str:
    """Twice is enough for us: what fails then is looked at by people."""
    if not BANK.exists():
        raise ConnectionError("the bank does not answer")
    return f"order {order} is paid"


async def main(orders: int) -> None:
    """Schedule so many payments."""
    await app.schedule_many(pay.call(order) for order in range(orders))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20))
