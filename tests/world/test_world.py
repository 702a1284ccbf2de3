"""The world in 500 seeds, in chunks that can be run side by side; and every seed that has ever failed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from penstock.testing.world import Verdict, run_seed, story, summary
from penstock.testing.world.nemesis import FAULTS_MIN
from penstock.testing.world.running import TASKS_MIN

SEEDS, CHUNK = 500, 25
ONCE_FAILED = [
    int(line.split()[0])
    for line in (Path(__file__).parent / "failing_seeds.txt").read_text().splitlines()
    if line and not line.startswith("#")
]


def _holds(seed: int) -> Verdict:
    verdict = run_seed(seed)
    assert verdict.holds, story(verdict)
    assert verdict.tasks >= TASKS_MIN, summary(verdict)
    assert verdict.bites.total() >= FAULTS_MIN, summary(verdict)
    return verdict


@pytest.mark.parametrize("first", range(0, SEEDS, CHUNK))
def test_every_rule_holds_in_every_seed(first: int) -> None:
    for seed in range(first, first + CHUNK):
        _holds(seed)


@pytest.mark.parametrize("seed", ONCE_FAILED)
def test_what_once_failed_holds(seed: int) -> None:
    _holds(seed)


def test_a_seed_is_the_same_run_every_time() -> None:
    first, second = run_seed(7), run_seed(7)
    assert first.happenings == second.happenings
    assert len(first.happenings) > 1000


def test_a_seed_is_the_same_run_in_every_process() -> None:
    """Whatever order sets of bytes have there."""
    stories = {_story_in_a_process(hash_seed) for hash_seed in ("1", "2")}
    assert len(stories) == 1


def test_other_seeds_are_other_runs() -> None:
    assert run_seed(7).happenings != run_seed(8).happenings


def _story_in_a_process(hash_seed: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "penstock.testing.world", "7"],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout
