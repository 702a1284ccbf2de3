"""The app: a partner takes ten charges a second, and five at once. Receipts may take a third of a shared executor."""

from penstock import App, Quota

app = App("shop")


@app.task(quota=Quota(schedule_per_s=10, schedule_burst=5, weight=2))
async def charge(order: int) -> str:
    return f"charged order {order}"


@app.task
async def receipt(order: int) -> str:
    return f"receipt for order {order}"
