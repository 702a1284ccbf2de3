"""Bugs in what gates stop, and in what becomes of it."""

from typing import Final

from tests.mutants.mutant import IN_THE_WORLD, Mutant

_SQL: Final = "adapters/postgres/sql"
_SIGHT: Final = "execution/gate_sight.py"
_EXECUTION: Final = "tests/layers/test_execution_gates.py"
_SCHEDULER: Final = "tests/layers/test_scheduler_gates.py"


def _store(duty: str) -> str:
    return f"tests/contracts/test_postgres_contract.py::test_contract[{duty}]"


def _memory(duty: str) -> str:
    return f"tests/contracts/test_memory_store.py::test_the_memory_store_keeps_the_contract[{duty}]"


GATES: Final = (
    Mutant(
        "gates-are-looked-at-only-on-the-way-into-the-lane",
        f"{_SQL}/claim.sql",
        "      and t.id <> all (array(select id from stopped))\n",
        "",
        (_store("what_is_enqueued_is_held_when_it_would_be_claimed"),),
    ),
    Mutant(
        "claims-pass-all-gates",
        "adapters/memory/transitions.py",
        "            if reason:\n",
        "            if False:\n",
        (_memory("what_is_enqueued_is_held_when_it_would_be_claimed"), IN_THE_WORLD),
    ),
    Mutant(
        "sql-frees-what-another-gate-holds",
        f"{_SQL}/gate_settle_lambda.sql",
        "and j.reason is null and t.status",
        "and t.status",
        (_store("opening_one_of_two_gates_frees_nothing_that_the_other_holds"),),
    ),
    Mutant(
        "sql-takes-an-order-again-that-came-late",
        f"{_SQL}/gate_order.sql",
        "    where ($9::bytea = '' or exists (select from first_time))\n      and (",
        "    where (",
        (_store("an_order_that_comes_again_late_changes_nothing"),),
    ),
    Mutant(
        "a-gate-is-settled-while-it-still-holds-something",
        "adapters/memory/gates.py",
        " or self._held_here(gate, 1)",
        "",
        (_memory("a_gate_that_still_holds_something_wrongly_stays_unsettled"),),
    ),
    Mutant(
        "what-waits-starts-however-old-the-last-look-is",
        _SIGHT,
        "            return now_us - held.checked_us <= SIGHT_US\n",
        "            return True\n",
        (f"{_EXECUTION}::test_nothing_starts_on_an_old_look",),
    ),
    Mutant(
        "an-executor-does-not-hand-back-what-a-gate-has-stopped",
        "execution/executor.py",
        "            self._obey_gates(intake)\n",
        "",
        (f"{_EXECUTION}::test_what_waits_behind_a_gate_is_handed_back_and_costs_nothing",),
    ),
    Mutant(
        "a-look-is-dated-by-its-answer",
        "delivery/gate_teller.py",
        "            session.hear_gates(frozenset(shut), moment)",
        "            session.hear_gates(frozenset(shut), session.moment)",
        ("tests/layers/test_delivery_gates.py::test_a_slow_look_is_as_old_as_its_question",),
    ),
    Mutant(
        "a-paused-heap-counts-as-a-drained-lane",
        "scheduler/store_consumer.py",
        " + batch.held.get(lane, 0) for lane in wants",
        " for lane in wants",
        (f"{_SCHEDULER}::test_what_a_gate_holds_leaves_the_window_to_the_others",),
    ),
    Mutant(
        "a-gate-is-settled-one-batch-a-round",
        "scheduler/gate_rounds.py",
        "            if not batch.moved:",
        "            if batch.moved:",
        (f"{_SCHEDULER}::test_settling_goes_on_where_a_scheduler_died",),
    ),
)
