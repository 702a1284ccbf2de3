"""`python -m benchmarks peers [--quick] [--json FILE] [--only NAME,...]`: other systems beside Penstock.

The first run downloads: pinned packages into environments of their own, and Debian's servers, into a cache folder of
the user's. Exit status: 0, 1 when something could not be measured, 2 for a name that no system has.
"""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

import msgspec
from rich.console import Console

from benchmarks.peers.peer import Peer
from benchmarks.peers.places import cache_folder
from benchmarks.peers.plan import PEERS, WORKLOADS, UnknownPeers, chosen_peers
from benchmarks.peers.report import Report
from benchmarks.peers.run import Run
from benchmarks.peers.table import show
from benchmarks.peers.workloads.workload import FULL, QUICK, Phases
from penstock.adapters.embedded import EmbeddedEngines

NAME = "peers"


def main(arguments: list[str]) -> int:
    """What the arguments after `peers` ask for."""
    console = Console(width=None if sys.stdout.isatty() else 180)
    notes = Console(stderr=True)
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks {NAME}", description=__doc__)
    parser.add_argument("--only", default="", metavar="NAME,...", help="these systems, and Penstock beside them")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write all of it there")
    parser.add_argument("--quick", action="store_true", help="short phases: to see that it works")
    wanted = parser.parse_args(arguments)
    try:
        peers = chosen_peers(wanted.only)
    except UnknownPeers as unknown:
        notes.print(f"there is no {unknown}; the systems are:", *(peer.name for peer in PEERS), sep="\n  ")
        return 2
    reports = asyncio.run(_measure(peers, QUICK if wanted.quick else FULL, notes))
    show(reports, console, notes)
    if wanted.json:
        wanted.json.write_bytes(msgspec.json.format(msgspec.json.encode(reports), indent=2) + b"\n")
    return 1 if any(report.failures for report in reports) else 0


async def _measure(peers: list[Peer], phases: Phases, notes: Console) -> list[Report]:
    with tempfile.TemporaryDirectory(prefix="penstock-peers-") as folder:
        engines = await EmbeddedEngines.start(Path(folder) / "engines")
        try:
            run = Run(engines, Path(folder), cache_folder(), phases, lambda text: notes.print(text, style="dim"))
            return [await run.report(peer, WORKLOADS) for peer in peers]
        finally:
            await engines.stop()
