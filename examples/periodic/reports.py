"""A shop's reports: one each working day at nine in Berlin, and a count every second.

In this folder:

    penstock dev reports:app
    penstock periodic list                                         # in another terminal
    penstock periodic next reports.morning --count 5
    penstock periodic backfill reports.morning --from 2025-03-24T00:00 --until 2025-04-05T00:00
    penstock tasks list --lambda reports.morning
"""

import json
import os
from pathlib import Path
from zoneinfo import ZoneInfo

from penstock import App, current_task

app = App("reports")
BERLIN = "Europe/Berlin"
COUNTS = Path(os.environ.get("REPORTS_FILE", "counts.jsonl"))


@app.periodic("0 9 * * MON-FRI", tz=BERLIN)
async def morning() -> str:
    """The tick says which day it is about, however late this runs, and whoever retries it."""
    tick = current_task().scheduled_at.astimezone(ZoneInfo(BERLIN))
    return f"the report of {tick:%A, %d %B %Y}, {tick:%H:%M}"


@app.periodic(every=1, misfire="skip", overlap="skip")
def count() -> None:
    """One line a second; a second that nobody saw in time is left out."""
    with COUNTS.open("a") as lines:
        lines.write(json.dumps({"tick_us": current_task().scheduled_at_us}) + "\n")
