"""Charts for the report, as SVG that needs nothing else."""

import html
from collections.abc import Mapping, Sequence
from typing import Final

WIDTH: Final = 900
HEIGHT: Final = 190
_LEFT, _BOTTOM = 44, 22
COLOURS: Final = ("#2a9d8f", "#e9c46a", "#f4a261", "#e76f51", "#5e81ac", "#b48ead")


def lines_over_time(series: Mapping[str, Sequence[int]], marks: Sequence[tuple[float, str]], unit: str) -> str:
    """A line for each name, a value a second; `marks`: moments in seconds, and what happened then."""
    length = max((len(values) for values in series.values()), default=1)
    highest = max((max(values, default=0) for values in series.values()), default=0) or 1
    parts = [_frame(length, highest, unit)]
    for second, what in marks:
        x = _x(min(second, length - 1), length)
        parts.append(
            f'<line x1="{x:.1f}" y1="8" x2="{x:.1f}" y2="{HEIGHT - _BOTTOM}" class="mark"/>'
            f'<text x="{x + 4:.1f}" y="18" class="mark">{html.escape(what)}</text>'
        )
    for colour, values in zip(_colours(len(series)), series.values(), strict=True):
        points = " ".join(f"{_x(at, length):.1f},{_y(value, highest):.1f}" for at, value in enumerate(values))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img">{"".join(parts)}</svg>{_legend(series)}'


def bars(counts: Mapping[str, int], unit: str) -> str:
    """A bar for each name."""
    highest = max(counts.values(), default=0) or 1
    rows = [
        f'<div class="bar"><span>{html.escape(name)}</span><i style="width:{60 * count / highest:.1f}%"></i>'
        f"<b>{count} {html.escape(unit)}</b></div>"
        for name, count in counts.items()
    ]
    return "".join(rows)


def _frame(length: int, highest: int, unit: str) -> str:
    right, bottom = WIDTH - 8, HEIGHT - _BOTTOM
    step = max(1, length // 8)
    ticks = [
        f'<text x="{_x(at, length):.1f}" y="{HEIGHT - 6}" text-anchor="middle">{at} s</text>'
        for at in range(0, length, step)
    ]
    grid = [
        f'<line x1="{_LEFT}" y1="{_y(value, highest):.1f}" x2="{right}" y2="{_y(value, highest):.1f}" class="grid"/>'
        f'<text x="{_LEFT - 6}" y="{_y(value, highest) + 4:.1f}" text-anchor="end">{value}</text>'
        for value in sorted({0, highest // 2, highest})
    ]
    axis = f'<line x1="{_LEFT}" y1="{bottom}" x2="{right}" y2="{bottom}" class="axis"/>'
    return "".join([*grid, axis, *ticks, f'<text x="{_LEFT}" y="8">{html.escape(unit)}</text>'])


def _x(second: float, length: int) -> float:
    return _LEFT + (WIDTH - 8 - _LEFT) * second / max(1, length - 1)


def _y(value: float, highest: int) -> float:
    return (HEIGHT - _BOTTOM) - (HEIGHT - _BOTTOM - 14) * value / highest


def _colours(count: int) -> list[str]:
    return [COLOURS[at % len(COLOURS)] for at in range(count)]


def _legend(series: Mapping[str, Sequence[int]]) -> str:
    names = zip(_colours(len(series)), series, strict=True)
    items = "".join(f'<span><i style="background:{colour}"></i>{html.escape(name)}</span>' for colour, name in names)
    return f'<p class="legend">{items}</p>'
