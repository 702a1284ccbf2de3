"""What a sampler saw: stacks with counts, and which functions they were spent in. No I/O."""

import re
from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

_FRAME = re.compile(r"(?P<function>.+) \((?P<file>[^()]+?)(:\d+)?\)$")


class Spent(Struct, frozen=True):
    """Shares of all samples, by function, the largest first. `inside`: with all that it called."""

    samples: int
    itself: list[tuple[str, float]]
    inside: list[tuple[str, float]]


def spent(lines: Iterable[str]) -> Spent:
    """Out of py-spy's raw format: `frame;frame;frame count` a line, the outermost first."""
    itself: Counter[str] = Counter()
    inside: Counter[str] = Counter()
    samples = 0
    for line in lines:
        stack, _, count = line.rpartition(" ")
        frames = [short(frame) for frame in stack.split(";") if _FRAME.match(frame)]
        if not frames:
            continue
        samples += int(count)
        itself[frames[-1]] += int(count)
        inside.update(dict.fromkeys(frames, int(count)))
    return Spent(samples, shares(itself, samples), shares(inside, samples))


def short(frame: str) -> str:
    """`file:function` with as much of the path as tells our files from others'."""
    match = _FRAME.match(frame)
    if match is None:
        return frame
    file = match["file"]
    for mark in ("site-packages/", "src/", "lib/python3"):
        if mark in file:
            file = file.rpartition(mark)[2]
    return f"{file}:{match['function']}"


def shares(counts: Counter[str], samples: int) -> list[tuple[str, float]]:
    """Of all samples, the largest first."""
    return [(name, count / samples) for name, count in counts.most_common()]
