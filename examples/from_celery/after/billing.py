"""Billing on Penstock: what docs/coming-from-celery.md moves step by step."""

import provider

from penstock import App, FatalFailure, Retry, current_task

app = App("billing")


@app.task(retry=Retry(max_attempts=8, backoff=1, backoff_max=600), timeout=60)
def charge(order: str, cents: int) -> str:
    try:
        return provider.charge(order, cents, reference=current_task().id)
    except provider.CardDeclined as declined:
        raise FatalFailure(str(declined)) from declined


@app.periodic("0 9 * * MON-FRI", tz="Europe/Berlin")
def remind() -> str:
    return f"{len(provider.charged())} orders charged so far"
