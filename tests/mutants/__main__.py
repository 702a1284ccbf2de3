"""`python -m tests.mutants [--only NAME]... [--list]`: plants bugs one by one; the tests must catch each.

Exit status: 0, 1 when one survived or could not be tried, 2 for a name that no mutant has.
"""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path
from time import monotonic
from typing import Final

from tests.mutants.mutant import Mutant
from tests.mutants.observer import Record
from tests.mutants.planted import MUTANTS
from tests.mutants.trial import Trial, Verdict, try_mutant, try_without
from tests.mutants.workshop import RunFailed, Workshop

AT_A_TIME: Final = 2


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="this one; may be repeated")
    parser.add_argument("--list", action="store_true", help="name them, run nothing")
    wanted = parser.parse_args(arguments)
    unknown = sorted(set(wanted.only) - {mutant.name for mutant in MUTANTS})
    if unknown:
        print(f"there is no {', '.join(unknown)}; --list names them all", file=sys.stderr)
        return 2
    mutants = [mutant for mutant in MUTANTS if mutant.name in wanted.only] if wanted.only else list(MUTANTS)
    if wanted.list:
        for mutant in mutants:
            print(mutant.name, *(f"    {target}" for target in mutant.caught_by), sep="\n")
        return 0
    with tempfile.TemporaryDirectory(prefix="penstock-mutants-") as folder:
        return asyncio.run(_try_all(mutants, Workshop(Path(folder))))


async def _try_all(mutants: list[Mutant], workshop: Workshop) -> int:
    began_s = monotonic()
    try:
        without = await try_without(mutants, workshop)
    except RunFailed as failure:
        print(f"nothing was planted yet: {failure}\n0 passed, {len(mutants)} failed")
        return 1
    fail = len(without.failed) + len(without.broken)
    print(f"without a planted bug {len(without.passed)} tests pass, {fail} fail ({monotonic() - began_s:.0f} s)")
    places = asyncio.Semaphore(AT_A_TIME)
    trials = await asyncio.gather(*(_try_one(mutant, workshop, without, places) for mutant in mutants))
    missed = [trial for trial in trials if trial.verdict is not Verdict.CAUGHT]
    for trial in missed:
        print(f"\n{trial.mutant.name} ({trial.mutant.path}): {trial.why}")
    print(f"{len(trials) - len(missed)} passed, {len(missed)} failed")
    return 1 if missed else 0


async def _try_one(mutant: Mutant, workshop: Workshop, without: Record, places: asyncio.Semaphore) -> Trial:
    async with places:
        began_s = monotonic()
        trial = await try_mutant(mutant, workshop, without)
        print(f"{trial.verdict.value:9} {monotonic() - began_s:5.1f} s  {mutant.file:42} {mutant.name}", flush=True)
        return trial


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
