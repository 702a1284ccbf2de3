"""`python -m penstock.testing.world [SEED] [--seeds FIRST-LAST] [--from-commit [REVISION]]`."""

import argparse
import hashlib
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable

from penstock.testing.world.running import run_seed
from penstock.testing.world.story import story, summary

SEEDS_OF_A_COMMIT = 100


def main() -> int:
    """0: all seeds hold; 1: one does not, and its story was printed."""
    chosen = _arguments()
    if chosen.seed is not None:
        verdict = run_seed(chosen.seed)
        _say(story(verdict))
        return 0 if verdict.holds else 1
    return _run_all(_seeds_of_commit(chosen.from_commit) if chosen.from_commit else chosen.seeds)


def _run_all(seeds: Iterable[int]) -> int:
    bites, effects, tasks, runs, failed = Counter[str](), Counter[str](), 0, 0, list[int]()
    for seed in seeds:
        verdict = run_seed(seed)
        runs, tasks = runs + 1, tasks + verdict.tasks
        bites.update(verdict.bites)
        effects.update(verdict.effects)
        if not verdict.holds:
            _say(summary(verdict) if failed else story(verdict))
            failed.append(seed)
        elif sys.stderr.isatty():
            sys.stderr.write(f"\r{summary(verdict)}")
    _say(f"seeds {runs}  tasks {tasks}  faults that took effect {bites.total()}  failed {failed or 'none'}")
    for name, count in sorted(bites.items()):
        _say(f"  {count:7}  {name}")
    _say("felt:")
    for name, count in sorted(effects.items()):
        _say(f"  {count:7}  {name}")
    return 1 if failed else 0


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m penstock.testing.world", description=__doc__)
    parser.add_argument("seed", nargs="?", type=int, help="one seed, and its whole story")
    parser.add_argument("--seeds", type=_range, default=range(100), metavar="FIRST-LAST", help="default 0-99")
    parser.add_argument(
        "--from-commit",
        nargs="?",
        const="HEAD",
        metavar="REVISION",
        help=f"{SEEDS_OF_A_COMMIT} seeds that belong to a commit: every commit tries others, and can be tried again",
    )
    return parser.parse_args()


def _range(text: str) -> range:
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def _seeds_of_commit(revision: str) -> range:
    done = subprocess.run(["git", "rev-parse", revision], capture_output=True, text=True, check=True)
    digest = hashlib.blake2b(done.stdout.strip().encode(), digest_size=4).digest()
    first = 1_000_000 + int.from_bytes(digest, "big")
    return range(first, first + SEEDS_OF_A_COMMIT)


if __name__ == "__main__":
    sys.exit(main())
