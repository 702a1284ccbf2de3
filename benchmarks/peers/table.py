"""Reports for people: one table, and under it how each system was set up and what could not be measured."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from benchmarks.peers.report import Report
from benchmarks.peers.run import SETUP

COLUMNS = (
    ("bulk/s", ("bulk_per_s",)),
    ("drain/s", ("drain_per_s",)),
    ("single/s 1, 100", ("single_1_per_s", "single_100_per_s")),
    ("start ms p50/p95/p99", ("start_p50_ms", "start_p95_ms", "start_p99_ms")),
    ("late ms min/p50/p95/max", ("late_min_ms", "late_p50_ms", "late_p95_ms", "late_max_ms")),
    ("kill -9: running/missing/twice/last s", ("killed_running", "killed_missing", "killed_twice", "killed_last_s")),
)
NOTHING = "-"
LEGEND = (
    "class: what a power cut takes of what was acknowledged; F: nothing, fsync before the call returns",
    "single: by 1 caller and by 100; start: from call to first line at 200/s; late: 1,000 tasks for now + 5 s",
    "kill -9 of all workers amid 400 tasks: running then, not back in time, run to the end twice, s to the last end",
)


def table(reports: Sequence[Report]) -> Table:
    """The figures."""
    made = Table(title="Penstock and its peers, in one run")
    made.add_column("system")
    made.add_column("class", justify="center")
    for heading, _ in COLUMNS:
        made.add_column(heading, justify="right")
    for report in reports:
        if SETUP in report.failures:
            made.add_row(report.title, report.durability.letter, f"[red]not measured: {_first_line(report)}[/red]")
        else:
            cells = [" / ".join(_text(report.figures.get(name)) for name in names) for _, names in COLUMNS]
            made.add_row(report.title, report.durability.letter, *cells)
    return made


def durability_table(reports: Sequence[Report]) -> Table:
    """What survives, and what was measured."""
    made = Table(title="What survives of what was acknowledged")
    for heading in ("system", "kill -9 of workers", "kill -9 of the server", "power cut", "versions", "configuration"):
        made.add_column(heading)
    for report in reports:
        kept = report.durability
        versions = ", ".join(f"{name} {version}" for name, version in report.versions.items())
        made.add_row(report.title, kept.worker, kept.broker, kept.power, versions, report.configuration)
    return made


def show(reports: Sequence[Report], console: Console, errors: Console) -> None:
    """All of it. What could not be measured goes to `errors`, in full."""
    console.print(table(reports))
    for line in LEGEND:
        console.print(line, style="dim")
    console.print(durability_table(reports))
    for report in reports:
        for workload, reason in report.failures.items():
            errors.print(f"{report.name}, {workload}: {reason}", style="red", markup=False, highlight=False)


def _first_line(report: Report) -> str:
    return report.failures[SETUP].splitlines()[0]


def _text(value: float | None) -> str:
    if value is None:
        return NOTHING
    return (
        f"{value:,.0f}"
        if abs(value) >= 100 or value == int(value)
        else f"{value:.2g}"
        if abs(value) < 10
        else f"{value:.0f}"
    )
