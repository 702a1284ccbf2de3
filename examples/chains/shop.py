"""The app: an order is charged and packed, item by item, and shipped when all of that is done."""

import penstock
from penstock import App, FatalFailure

app = App("shop")


@app.task
async def charge(order: str, cents: int) -> str:
    if cents > 100_000:
        raise FatalFailure("the card was declined")
    return f"charged {cents} cents"


@app.task
async def pack(order: str, item: str) -> str:
    return item


@app.task
async def ship(order: str) -> str:
    """Its parents' results are read where they are needed."""
    charged, *packed = await penstock.current_task().parents()
    items = sorted(each.result(str) for each in packed)
    await tell.schedule(order)  # recorded as scheduled by this task; nothing waits for it
    return f"{order}: {charged.result(str)}, shipped {', '.join(items)}"


@app.task
async def tell(order: str) -> None:
    pass


@app.task
async def clean_up(order: str) -> str:
    """Runs however shipping ended."""
    [shipped] = await penstock.current_task().parents()
    return f"{order}: {'archived' if shipped.succeeded else f'written off, shipping was {shipped.status}'}"
