"""Bugs in layer 2: what is due, what is overdue, whose it is."""

from typing import Final

from tests.mutants.mutant import IN_THE_WORLD, Mutant

_DUE: Final = "tests/layers/test_scheduler_due.py"
_OVERDUE: Final = "tests/layers/test_scheduler_overdue.py"

SCHEDULER: Final = (
    Mutant(
        "what-is-overdue-in-its-lane-is-published-again-by-age-alone",
        "scheduler/lost_references.py",
        "if oldest_us is None or oldest_us > enqueued_at_us:",
        "if oldest_us is None or oldest_us >= 0:",
        (f"{_OVERDUE}::test_a_slow_lane_is_not_filled_twice",),
    ),
    Mutant(
        "leases-are-ended-by-a-clock-that-has-jumped",
        "scheduler/lost_leases.py",
        "if self._guard.may_end_leases():",
        "if self._guard:",
        (f"{_OVERDUE}::test_no_lease_is_ended_for_a_whole_lease_after_the_clock_has_jumped", IN_THE_WORLD),
    ),
    Mutant(
        "small-drifts-of-the-clock-are-not-added-up",
        "scheduler/clock_guard.py",
        "return sum(each for _, each in self._drifts)",
        "return drift_us",
        (f"{_OVERDUE}::test_small_drifts_that_add_up_close_the_guard_too",),
    ),
    Mutant(
        "buckets-are-served-past-their-lease",
        "scheduler/bucket_holder.py",
        "return self._share if asyncio.get_running_loop().time() < self._good_until_s else ()",
        "return self._share",
        (f"{_DUE}::test_buckets_whose_renewal_is_late_are_not_served",),
    ),
    Mutant(
        "a-scheduler-serves-all-buckets",
        "scheduler/store_consumer.py",
        "self._due_work.enqueue_due(wants, share, self._enqueue_timeout_s)",
        "self._due_work.enqueue_due(wants, ((0, BUCKETS - 1),), self._enqueue_timeout_s)",
        ("tests/layers/test_scheduler_shares.py::test_a_pass_leaves_the_buckets_of_others_alone",),
    ),
    Mutant(
        "a-lost-queue-is-not-filled-again",
        "scheduler/republisher.py",
        "        self._losses += 1\n",
        "",
        (f"{_OVERDUE}::test_after_the_queue_was_lost_everything_enqueued_is_published_once_oldest_first",),
    ),
    Mutant(
        "a-lease-that-ran-out-hours-ago-is-believed",
        "scheduler/lost_leases.py",
        "        rows = await self._of_this_clock(rows)\n",
        "",
        (f"{_OVERDUE}::test_a_lease_that_was_renewed_while_the_clock_was_elsewhere_has_its_whole_time[40]",),
    ),
)
