"""Rows for people."""

from collections.abc import Sequence

from rich.table import Table

from benchmarks.row import Row


def table(rows: Sequence[Row]) -> Table:
    """The figures; how they were measured is in the JSON."""
    made = Table(title="Penstock")
    made.add_column("row", no_wrap=True)
    made.add_column("unit", no_wrap=True)
    for heading in ("value", "ratio", "baseline", "from", "to", "runs"):
        made.add_column(heading, justify="right")
    for row in rows:
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        baseline = "" if row.baseline is None else _text(row.baseline)
        ends = (_text(min(row.runs)), _text(max(row.runs)))
        made.add_row(row.name, row.unit, _text(row.value), ratio, baseline, *ends, str(len(row.runs)))
    return made


def _text(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
