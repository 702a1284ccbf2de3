"""Bugs that would make figures of other systems wrong in silence."""

from typing import Final

from tests.mutants.mutant import Mutant

_BENCHMARKS: Final = "benchmarks/peers"
_TESTS: Final = "tests/layers/test_peers.py"

PEERS: Final = (
    Mutant(
        "a-load-is-over-when-some-tasks-have-run-twice-and-others-not-at-all",
        "workloads/workload.py",
        " and 0 not in site.marks.ended(first, last)",
        "",
        (f"{_TESTS}::test_a_task_that_has_not_run_fails_the_load_however_often_others_ran",),
        _BENCHMARKS,
    ),
    Mutant(
        "a-second-run-hides-when-the-first-one-began",
        "marks.py",
        "        if not self._cells.values[at + _STARTED]:",
        "        if True:",
        (f"{_TESTS}::test_tasks_are_counted_by_as_many_threads_as_run_them",),
        _BENCHMARKS,
    ),
    Mutant(
        "threads-count-in-one-cell-and-lose-counts",
        "marks.py",
        "touch(exist_ok=False)",
        "touch(exist_ok=True)",
        (f"{_TESTS}::test_tasks_are_counted_by_as_many_threads_as_run_them",),
        _BENCHMARKS,
    ),
    Mutant(
        "peers-are-measured-without-penstock-beside-them",
        "plan.py",
        " or peer.requirements is None]",
        "]",
        (f"{_TESTS}::test_penstock_is_beside_whatever_is_named",),
        _BENCHMARKS,
    ),
)
