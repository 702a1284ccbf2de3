"""One mutant before its judges."""

from collections.abc import Iterable
from enum import Enum

from msgspec import Struct

from tests.mutants.mutant import DoesNotApply, Mutant
from tests.mutants.observer import Record
from tests.mutants.workshop import RunFailed, Workshop, run_tests


class Verdict(Enum):
    CAUGHT = "caught"
    SURVIVED = "SURVIVED"
    NO_TRIAL = "NO TRIAL"
    """it does not apply any more, or what ended the run says nothing about it"""


class Trial(Struct, frozen=True):
    """How it went. `why` explains every verdict but the good one."""

    mutant: Mutant
    verdict: Verdict
    why: str = ""


async def try_mutant(mutant: Mutant, workshop: Workshop, without: Record) -> Trial:
    """Plant it, run the tests that must catch it, judge. `without`: how these tests fare when nothing is planted."""
    unsound = [target for target in mutant.caught_by if not passes(target, without)]
    if unsound or not mutant.caught_by:
        return Trial(mutant, Verdict.NO_TRIAL, f"no pass without it: {', '.join(unsound) or 'no test is named'}")
    try:
        copy = workshop.plant(mutant)
    except DoesNotApply as stale:
        return Trial(mutant, Verdict.NO_TRIAL, str(stale))
    try:
        record, output = await run_tests(copy, list(mutant.caught_by))
    except RunFailed as failure:
        return Trial(mutant, Verdict.NO_TRIAL, str(failure))
    finally:
        workshop.clear(copy)
    if record.broken:
        return Trial(mutant, Verdict.NO_TRIAL, f"not by an assertion: {', '.join(record.broken)}\n{output}")
    blind = [target for target in mutant.caught_by if not among(target, record.failed)]
    if blind:
        return Trial(mutant, Verdict.SURVIVED, f"not seen by {', '.join(blind)}")
    return Trial(mutant, Verdict.CAUGHT)


async def try_without(mutants: Iterable[Mutant], workshop: Workshop) -> Record:
    """How all tests that are to catch something fare when nothing is planted; raises `RunFailed`."""
    targets = sorted({target for mutant in mutants for target in mutant.caught_by})
    record, _ = await run_tests(workshop.pristine, targets)
    return record


def passes(target: str, record: Record) -> bool:
    """Whether the target ran, and nothing of it failed."""
    return among(target, record.passed) and not among(target, [*record.failed, *record.broken])


def among(target: str, tests: Iterable[str]) -> bool:
    """Whether one of the tests is the target: that very test, or one of its parametrised forms, or of its file."""
    return any(test == target or test.startswith((f"{target}[", f"{target}::")) for test in tests)
