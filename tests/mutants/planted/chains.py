"""Bugs in who waits for whom, and in what the end of a parent does."""

from typing import Final

from tests.mutants.mutant import IN_THE_WORLD, Mutant

_SQL: Final = "adapters/postgres/sql"
_REFUSES_CYCLES: Final = """\
            elif parent in path:
                _refuse_cycle(asked, [*path][[*path].index(parent) :], parent)
            else:
"""
_FAMILIES: Final = "tests/layers/test_frontend_families.py"
_SCHEDULER: Final = "tests/layers/test_scheduler_chains.py"


def _store(duty: str) -> str:
    return f"tests/contracts/test_postgres_contract.py::test_contract[{duty}]"


def _memory(duty: str) -> str:
    return f"tests/contracts/test_memory_store.py::test_the_memory_store_keeps_the_contract[{duty}]"


CHAINS: Final = (
    Mutant(
        "sql-ends-parents-without-a-word-to-their-children",
        f"{_SQL}/finish_successes.sql",
        " and t.has_children is not true",
        "",
        (_store("a_child_waits_until_its_last_parent_has_succeeded"),),
    ),
    Mutant(
        "sql-frees-a-child-with-its-first-parent",
        f"{_SQL}/children_met.sql",
        "t.parents_left - m.ended, m.condemned",
        "0, m.condemned",
        (_store("a_child_waits_until_its_last_parent_has_succeeded"),),
    ),
    Mutant(
        "sql-forgets-that-a-parent-has-children",
        f"{_SQL}/parents_mark.sql",
        "and has_children is not true",
        "and has_children",
        (
            _store("a_child_of_tasks_of_its_own_call_waits_for_them"),
            _store("a_failed_parent_condemns_its_children_and_the_first_one_is_named"),
        ),
    ),
    Mutant(
        "a-failed-parent-is-as-good-as-any",
        "model/lifecycle.py",
        "    return ended is not Status.SUCCESS and on_failure is ParentFailure.CANCEL\n",
        "    return False\n",
        (_memory("a_failed_parent_condemns_its_children_and_the_first_one_is_named"), IN_THE_WORLD),
    ),
    Mutant(
        "children-begin-without-their-parents",
        "model/family.py",
        '    return Place(HELD_FOR_PARENTS if waits_for else "", waits_for)\n',
        '    return Place("", waits_for)\n',
        (_memory("a_child_waits_until_its_last_parent_has_succeeded"), IN_THE_WORLD),
    ),
    Mutant(
        "only-the-first-level-below-a-failed-parent-is-cancelled-at-once",
        "scheduler/chain_rounds.py",
        "        for _ in range(BATCHES_MAX):\n",
        "        for _ in range(1):\n",
        (f"{_SCHEDULER}::test_a_failed_parent_cancels_all_below_it_and_each_names_its_own_parent",),
    ),
    Mutant(
        "children-that-nobody-told-wait-for-ever",
        "scheduler/held_rows.py",
        "        await self._chains.look_after([row for row in rows if row.held_for == HELD_FOR_PARENTS])\n",
        "",
        (f"{_SCHEDULER}::test_a_child_that_was_forgotten_is_found_by_the_slow_look",),
    ),
    Mutant(
        "a-retry-runs-although-its-parent-failed",
        "model/family.py",
        "    if begins.held_for != HELD_FOR_FAILED_PARENT:\n",
        "    if begins.held_for:\n",
        (_memory("a_retry_of_a_child_waits_for_what_its_parents_have_become"),),
    ),
    Mutant(
        "a-repeated-family-is-answered-with-new-ids",
        "frontend/schedule.py",
        "        if reply.repeat_of_minted_at_ms:\n            ids = ids_of(",
        "        if reply.repeat_of_minted_at_ms < 0:\n            ids = ids_of(",
        (f"{_FAMILIES}::test_a_repeat_is_answered_the_same_ids",),
    ),
    Mutant(
        "a-cycle-is-stored-and-waits-for-itself",
        "frontend/parents.py",
        _REFUSES_CYCLES,
        "            elif parent not in path:\n",
        (f"{_FAMILIES}::test_what_cannot_be_is_refused_naming_the_place_and_nothing_is_stored",),
    ),
)
