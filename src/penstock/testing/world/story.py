"""The story of a seed as text: what broke, and everything that has to do with it, in order of time."""

import re
from collections.abc import Iterator
from typing import Final

from penstock.testing.world.chronicle import Happening
from penstock.testing.world.running import Verdict

_TASK: Final = re.compile(r"\b[0-9a-f]{32}\b")
_ABOUT_ALL: Final = ("nemesis", "world", "gatekeeper", "quota keeper")


def summary(verdict: Verdict) -> str:
    """One line."""
    faults = f"{verdict.bites.total()} faults took effect"
    state = "holds" if verdict.holds else f"BROKEN ({len(verdict.broken)})"
    return f"seed {verdict.seed}: {state}; {verdict.tasks} tasks, {faults}, {verdict.virtual_s:.1f} virtual s"


def story(verdict: Verdict) -> str:
    """What broke, and the lines of every task that it names, with the faults in between. Nothing broke: all lines."""
    named = set(_TASK.findall(" ".join(verdict.broken)))
    lines = [summary(verdict), *(f"  {sentence}" for sentence in verdict.broken), ""]
    lines += [_line(each) for each in _told(verdict.happenings, named)]
    return "\n".join(lines)


def _told(happenings: list[Happening], named: set[str]) -> Iterator[Happening]:
    for each in happenings:
        task = each.task.hex() if each.task is not None else ""
        if not named or task in named or each.who in _ABOUT_ALL or (not task and _is_end_or_begin(each)):
            yield each


def _is_end_or_begin(happening: Happening) -> bool:
    return any(word in happening.what for word in ("dead", "ended with", "starts again", "goes on"))


def _line(happening: Happening) -> str:
    task = happening.task.hex() if happening.task is not None else ""
    return f"{happening.at_s:10.4f}  {happening.who:30} {happening.what}  {task} {happening.detail}".rstrip()
