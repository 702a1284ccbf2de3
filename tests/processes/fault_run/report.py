"""A run in a few lines, for people."""

from collections import Counter, defaultdict

from tests.processes.fault_run.logs import shapes
from tests.processes.fault_run.run import Run

SHAPES_SHOWN = 12


def lines(run: Run) -> list[str]:
    """Figures, then the most frequent lines of each log."""
    history = run.history
    died = sum(interval.how == "died" for interval in history.intervals())
    by_kind: dict[str, list[float]] = defaultdict(list)
    for fault in run.faults:
        by_kind[fault.kind].append(fault.down_s)
    told = [
        f"tasks {len(history.outcomes)}  executions {len(history.starts)}  cut short by a death {died}",
        "ended as  " + "  ".join(f"{name} {count}" for name, count in _ends(run).most_common()),
        "endings   " + "  ".join(f"{name} {count}" for name, count in _endings(run).most_common()),
        f"refused   {run.refused} forged, {run.refused_by_log} reports by the orchestrators' own count",
        f"clients   {run.repeated} requests repeated by token, {len(run.client_failures)} calls without an answer",
        "seconds   " + "  ".join(f"{name} {at_s:.1f}" for name, at_s in run.seconds.items()),
    ]
    for kind, down_s in by_kind.items():
        hit = sum(fault.running for fault in run.faults if fault.kind == kind)
        each = " ".join(f"{seconds:.1f}" for seconds in down_s)
        told.append(f"{kind:<32} {len(down_s)} times, {hit} executions hit, served again after {each} s")
    for log in run.logs:
        counted = shapes(log)
        told.append(f"--- {log.name}: {counted.total()} lines")
        told += [f"{count:6} {line}" for line, count in counted.most_common(SHAPES_SHOWN)]
    return told


def _ends(run: Run) -> Counter[str]:
    return Counter(f"{outcome.status.name.lower()} {outcome.reason}".strip() for outcome in run.history.outcomes)


def _endings(run: Run) -> Counter[str]:
    return Counter(tried.ending.name.lower() for tried in run.history.tried)
