"""Bugs in periodic schedules: when they are due, what becomes of a tick, whose a name is."""

from typing import Final

from tests.mutants.mutant import IN_THE_WORLD, Mutant

_MEMORY: Final = "adapters/memory/periodic.py"
_POSTGRES: Final = "tests/contracts/test_postgres_contract.py::test_contract"
_MODEL: Final = "model/periodic.py"
_ROUNDS: Final = "scheduler/periodic_rounds.py"
_LAYER: Final = "tests/layers/test_scheduler_periodic.py"
_TABLE: Final = "tests/model/test_cron.py::test_what_a_turn_of_the_clock_does"


def _store(duty: str) -> str:
    return f"tests/contracts/test_memory_store.py::test_the_memory_store_keeps_the_contract[{duty}]"


PERIODIC: Final = (
    Mutant(
        "the-store-moves-a-schedule-that-has-moved",
        "adapters/postgres/sql/ticks_advance.sql",
        "and s.edition = x.edition and s.next_tick = x.seen_tick and not s.paused",
        "and s.edition = x.edition and not s.paused",
        (f"{_POSTGRES}[who_looks_again_after_an_unknown_answer_makes_nothing_twice]",),
    ),
    Mutant(
        "a-tick-forgets-that-it-has-made-its-task",
        _MEMORY,
        "made = [tick for tick in ticks if (schedule.id, tick.tick_us) not in cluster.ticks_made]",
        "made = list(ticks)",
        (
            _store("a_tick_makes_its_task_once_even_when_its_schedule_was_set_back"),
            _store("a_tick_that_was_backfilled_first_makes_no_second_task"),
            IN_THE_WORLD,
        ),
    ),
    Mutant(
        "a-schedule-moves-on-though-another-scheduler-moved-it",
        _MEMORY,
        "return (schedule.edition, schedule.next_tick_us) == (seen.edition, seen.seen_tick_us)",
        "return schedule.edition == seen.edition",
        (
            _store("who_looks_again_after_an_unknown_answer_makes_nothing_twice"),
            _store("of_many_schedulers_at_once_one_makes_the_task"),
        ),
    ),
    Mutant(
        "a-paused-schedule-is-moved-by-who-saw-it-before",
        _MEMORY,
        "row.schedule = structs.replace(row.schedule, paused=True, edition=row.schedule.edition + 1)",
        "row.schedule = structs.replace(row.schedule, paused=True)",
        (_store("a_paused_schedule_is_never_due_until_it_is_resumed"),),
    ),
    Mutant(
        "a-tick-is-made-though-the-clock-has-gone-back",
        _MEMORY,
        " and each.not_before_us <= store_us",
        "",
        (_store("what_was_due_by_a_clock_that_has_gone_back_is_not_made"),),
    ),
    Mutant(
        "what-the-clock-shows-twice-is-due-twice",
        "model/cron.py",
        "return moments[:1] or",
        "return moments or",
        (f"{_TABLE}[30 2 * * *-2026-10-25-expected8]",),
    ),
    Mutant(
        "what-the-clock-leaps-over-is-never-due",
        "model/cron.py",
        "return moments[:1] or (end_of_gap_us(wall, zone),)",
        "return moments[:1]",
        (f"{_TABLE}[30 2 * * *-2026-03-29-expected1]",),
    ),
    Mutant(
        "of-missed-ticks-none-is-made-where-one-was-asked-for",
        _MODEL,
        "return due.misfire is Misfire.SKIP or ",
        "return True or ",
        ("tests/model/test_periodic.py::test_missed_ticks[2-expected1]",),
    ),
    Mutant(
        "a-tick-that-waits-in-a-queue-counts-as-missed",
        _MODEL,
        "seen_since_us = due.waiting_since_us if is_watched else now_us",
        "seen_since_us = now_us",
        ("tests/model/test_periodic.py::test_what_waited_in_a_queue_was_not_missed[1]",),
    ),
    Mutant(
        "a-queue-goes-on-beside-the-task-before-it",
        _MODEL,
        "elif is_busy and due.overlap is Overlap.QUEUE:",
        "elif is_busy and due.overlap is None:",
        (f"{_LAYER}::test_a_queue_goes_on_when_its_task_has_ended",),
    ),
    Mutant(
        "a-schedule-that-cannot-be-read-stops-all-others",
        _ROUNDS,
        "return put_off(stay(due), now_us)",
        "raise",
        (f"{_LAYER}::test_one_schedule_that_cannot_be_read_keeps_no_other_waiting",),
    ),
    Mutant(
        "a-scheduler-sleeps-past-the-next-tick",
        _ROUNDS,
        "self._timer = asyncio.get_running_loop().call_later(ahead_s, self._alarm.ring)",
        "pass",
        (f"{_LAYER}::test_each_tick_makes_its_task_within_milliseconds",),
    ),
    Mutant(
        "a-retry-forgets-its-tick",
        "adapters/memory/cluster.py",
        "now_us if first.periodic_id is None else",
        "now_us if first.periodic_id != -1 else",
        (_store("a_retry_of_a_ticks_task_keeps_its_tick"),),
    ),
    Mutant(
        "a-removed-decorator-goes-on-making-tasks",
        _MEMORY,
        "                row.schedule = structs.replace(standing, retired=True, edition=standing.edition + 1)\n",
        "",
        (
            _store("what_an_app_no_longer_declares_is_retired"),
            "tests/layers/test_frontend_periodic.py::test_what_an_app_declares_is_all_that_it_has",
        ),
    ),
)
