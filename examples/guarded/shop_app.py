"""The app that both tenants could have: here only the shop's worker serves it."""

from penstock import App

app = App("orders")


@app.task
async def charge(order: int, cents: int) -> str:
    """The receipt."""
    return f"order {order}: {cents / 100:.2f} charged"
