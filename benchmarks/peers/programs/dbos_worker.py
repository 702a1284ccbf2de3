"""The DBOS application: two workflows, one queue."""

import asyncio
import os
import threading

from dbos import DBOS

from benchmarks.peers.marks import Marker
from benchmarks.peers.programs import SLOW_S
from benchmarks.peers.programs.dbos_app import ADDRESS, QUEUE

marker = Marker()
DBOS(config={"name": "bench", "system_database_url": ADDRESS, "log_level": "WARNING"})


@DBOS.workflow(name="noop")
async def noop(n, filler):
    marker.started(n)
    marker.ended(n)


@DBOS.workflow(name="slow")
async def slow(n, filler):
    marker.started(n)
    await asyncio.sleep(SLOW_S)
    marker.ended(n)


if __name__ == "__main__":
    DBOS.launch()
    DBOS.register_queue(QUEUE, polling_interval_sec=0.1)
    os.write(1, b"ready\n")
    threading.Event().wait()
