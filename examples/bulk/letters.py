"""Letters to customers, and one long report that says how far it is."""

import asyncio
from pathlib import Path

from penstock import App, FatalFailure, current_task, progress

app = App("letters")
PAGES = 6_000
BOOK = Path("book-is-mended")


@app.task
def send(customer: int) -> str:
    """Fails for good as long as the address book is broken."""
    if not BOOK.exists():
        raise FatalFailure("no address in the book")
    return f"sent to customer {customer}"


@app.task(on_cancel="kill", cancel_grace=5)
def report() -> str:
    """A plain function: it says how far it is, and looks whether anybody still wants it."""
    task = current_task()
    for page in range(PAGES):
        progress(page, PAGES, f"page {page}")
        task.raise_if_cancelled()
        task.wait_cancelled(0.05)
    return "all pages"


async def main() -> None:
    """Letters of tomorrow to 10 customers, some of today that fail, and the report."""
    calls = [
        send.options(delay=delay_s, attributes={"customer": str(customer), "batch": "spring"}).call(customer)
        for customer in range(10)
        for delay_s in (0, 86_400, 86_400)
    ]
    await app.schedule_many(calls)
    print((await report.schedule()).id)


if __name__ == "__main__":
    asyncio.run(main())
