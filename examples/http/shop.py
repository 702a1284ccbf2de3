"""The app whose tasks `client.py` schedules; it needs a worker: `penstock worker shop:app`, in this folder."""

from penstock import App

app = App("shop")


@app.task
def total(prices: list[int]) -> int:
    return sum(prices)
