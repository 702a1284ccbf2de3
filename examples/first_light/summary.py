"""The end of the run: the ledger merged into one file, and what was measured."""

import json
import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from ledger import Ledger
from names import from_uri, shown


def write_facts(ledger: Ledger, target: Path) -> None:
    """One JSON line per task, in the order in which the tasks were made; appears whole or not at all."""
    unfinished = target.with_suffix(".unfinished")
    with unfinished.open("w") as file:
        for task, facts in sorted(ledger.facts.items()):
            file.write(json.dumps({"file": shown(from_uri(facts["uri"])), **facts, "task": task}) + "\n")
    unfinished.replace(target)


def contents_line(ledger: Ledger) -> str:
    """What the files hold, added up."""
    facts = list(ledger.facts.values())
    size, lines = (sum(each.get(name, 0) for each in facts) for name in ("bytes", "lines"))
    words = sum(each.get("words", 0) for each in facts)
    images = sum("width" in each for each in facts)
    kinds = Counter(each["media_type"] for each in facts if "media_type" in each)
    common = ", ".join(f"{kind} {count}" for kind, count in kinds.most_common(4))
    return f"{size / 1e6:.1f} MB, {lines:,} lines, {words:,} words, {images} images ({common})"


def figures_line(uris: Sequence[str], tasks: int, ledger: Ledger, seconds: float) -> tuple[str, int]:
    """The last line, and how many files were lost: files without facts, found by comparing."""
    runs = Counter(line["begin"] for line in ledger.begun)
    first = {}
    for line in ledger.begun:
        late_us = line["at_us"] - line["scheduled_at_us"]
        first[line["begin"]] = min(late_us, first.get(line["begin"], late_us))
    lost = len(set(uris) - {facts["uri"] for facts in ledger.facts.values()})
    figures = {
        "files": len(uris),
        "tasks": tasks,
        "attempts": sum(runs.values()),
        "retried": sum(count > 1 for count in runs.values()),
        "lost": lost,
        "tasks/s": round(tasks / seconds) if seconds else 0,
        "start p50": f"{_percentile(list(first.values()), 50)} ms",
        "p95": f"{_percentile(list(first.values()), 95)} ms",
    }
    return "  ".join(f"{name} {value}" for name, value in figures.items()), lost


def _percentile(values_us: list[int], percent: int) -> int:
    """The nearest-rank percentile in whole milliseconds; 0 for no values."""
    if not values_us:
        return 0
    rank = math.ceil(percent / 100 * len(values_us))
    return round(sorted(values_us)[rank - 1] / 1000)
