"""A starter of engines in a process of its own: prints their pids when they run, stops at the end of input."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from penstock.adapters.embedded import EmbeddedEngines, EngineError


async def run(folder: Path, ending: str) -> None:
    engines = await EmbeddedEngines.start(folder)
    print(json.dumps({"postgres": engines.postgres_pid, "nats": engines.nats_pid}), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    if ending == "stop":
        await engines.stop()


if __name__ == "__main__":
    try:
        asyncio.run(run(Path(sys.argv[1]), sys.argv[2]))
    except EngineError as error:
        print(error, flush=True)
        sys.exit(1)
