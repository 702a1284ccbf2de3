"""Bugs in replays: two of a subject at once, a place that is never given back, what is closed too early or never."""

from typing import Final

from tests.mutants.mutant import Mutant

_MEMORY: Final = "tests/contracts/test_memory_store.py::test_the_memory_store_keeps_the_contract"
_POSTGRES: Final = "tests/contracts/test_postgres_contract.py::test_contract"
_REPLAY: Final = "tests/layers/test_replay.py"

REPLAYS: Final = (
    Mutant(
        "a-replay-runs-beside-its-subject",
        "adapters/memory/replays.py",
        "            return False\n        self._cluster.deliveries[subject_id].due_at_us = now_us\n",
        "            return True\n        self._cluster.deliveries[subject_id].due_at_us = now_us\n",
        (f"{_MEMORY}[while_its_subject_runs_a_replay_waits]",),
    ),
    Mutant(
        "the-store-lends-the-place-of-what-runs",
        "adapters/postgres/sql/replay_lend.sql",
        "({delivery:lent} >> d.status) & 1 = 1",
        "d.status <> {status:held}",
        (f"{_POSTGRES}[while_its_subject_runs_a_replay_waits]",),
    ),
    Mutant(
        "a-replay-that-a-gate-stops-keeps-the-place",
        "adapters/postgres/deliveries.py",
        "            await places.give_back([each for each in lent if each not in taken])\n",
        "",
        (f"{_POSTGRES}[a_gate_holds_a_replay_and_not_its_subject]",),
    ),
    Mutant(
        "a-dead-event-that-is-redriven-is-closed-before-it-is-done",
        "model/ordering.py",
        "        upto = upto if change.letter is None else min(upto, change.letter.event.sequence - 1)\n",
        "",
        (f"{_POSTGRES}[what_dies_again_is_told_once]", f"{_MEMORY}[what_dies_again_is_told_once]"),
    ),
    Mutant(
        "a-dead-event-of-a-replay-blocks-it",
        "flow/delivery_state.py",
        "in_replay(subscription.spec) if is_replay(report.id) else subscription.spec",
        "subscription.spec",
        (f"{_REPLAY}::test_a_dead_event_of_a_replay_holds_up_nothing",),
    ),
    Mutant(
        "a-replay-hands-over-what-is-not-completed",
        "frontend/replay.py",
        "ends = min(cursor, last) if call.to_us or call.to_sequence else cursor",
        "ends = last if call.to_us or call.to_sequence else cursor + 5",
        (f"{_REPLAY}::test_what_is_new_is_none_of_a_replay",),
    ),
    Mutant(
        "a-replay-goes-first",
        "adapters/memory/replays.py",
        "lane = lane_of(lambda_id, Priority.LOW)",
        "lane = place.lane",
        (f"{_MEMORY}[a_part_of_a_subject_stands_beside_its_row]",),
    ),
)
