"""`python -m benchmarks NAME... [--json FILE] [--quick]`: the rows of a task's path without a name.

`python -m benchmarks peers` measures other systems beside Penstock: see `benchmarks.peers`.

Exit status: 0, 1 when a row failed, 2 for a name that no row has.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
from rich.console import Console

from benchmarks.baseline import Baseline, measure_bare_store
from benchmarks.bench import Bench, full, quick
from benchmarks.peers import command as peers
from benchmarks.plan import ROW_NAMES, UnknownNames, chosen_rows, measurements_for
from benchmarks.row import Row, RowFailed
from benchmarks.table import table
from penstock.adapters.embedded import EmbeddedEngines

console = Console(width=None if sys.stdout.isatty() else 120)
notes = Console(stderr=True)


def main(arguments: list[str]) -> int:
    if arguments[:1] == [peers.NAME]:
        return peers.main(arguments[1:])
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="a row, a group of rows, `features` or `events`; none: `path`"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the rows there")
    parser.add_argument("--quick", action="store_true", help="phases of 10 s in place of 30 s")
    wanted = parser.parse_args(arguments)
    try:
        names = chosen_rows(wanted.names)
    except UnknownNames as unknown:
        notes.print(f"there is no {unknown}; the rows are:", *ROW_NAMES, sep="\n  ")
        return 2
    rows, failures = asyncio.run(_measure(names, quick if wanted.quick else full))
    console.print(table(rows))
    if wanted.json:
        wanted.json.write_bytes(msgspec.json.format(msgspec.json.encode(rows), indent=2) + b"\n")
    for failure in failures:
        notes.print("failed:", failure, style="red", markup=False, highlight=False)
    return 1 if failures else 0


async def _measure(
    names: frozenset[str], kind: Callable[[EmbeddedEngines, Path], Bench]
) -> tuple[list[Row], list[str]]:
    with tempfile.TemporaryDirectory(prefix="penstock-bench-") as folder:
        engines = await EmbeddedEngines.start(Path(folder) / "engines")
        try:
            return await _measure_on(kind(engines, Path(folder)), names)
        finally:
            await engines.stop()


async def _measure_on(bench: Bench, names: frozenset[str]) -> tuple[list[Row], list[str]]:
    measurements = measurements_for(names)
    over_base = [measurement for measurement in measurements if names.intersection(measurement.over_bare_store)]
    before = await _bare_store(bench) if over_base else []
    after: list[float] = []
    rows: list[Row] = []
    failures: list[str] = []
    for measurement in measurements:
        started_at_s = time.monotonic()
        try:
            rows += await measurement.run(bench)
        except RowFailed as failure:
            failures.append(f"{', '.join(measurement.names)}: {failure}")
        notes.print(f"[dim]{', '.join(measurement.names)}: took {time.monotonic() - started_at_s:.0f} s[/dim]")
        if over_base and measurement is over_base[-1]:  # no rest in between: a machine that has rested runs ahead
            after = await _bare_store(bench)
    if over_base:
        baseline = Baseline(before, after)
        rated = {name for measurement in measurements for name in measurement.over_bare_store}
        rows = [baseline.rate(row) if row.name in rated else row for row in rows]
    return [row for row in rows if row.name in names], failures


async def _bare_store(bench: Bench) -> list[float]:
    lifecycles = await measure_bare_store(bench)
    notes.print(f"[dim]bare_store: {', '.join(f'{rate:,.0f}' for rate in lifecycles)} lifecycles/s[/dim]")
    return lifecycles


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
