"""An app whose one lambda schedules another, with what its worker shows. Workers import it as `guarded_app:app`."""

from penstock import App

app = App("guarded")


@app.task
async def double(number: int) -> int:
    return 2 * number


@app.task
async def four_times(number: int) -> int:
    handle = await double.schedule(2 * number)
    return await handle.result(timeout=60)
