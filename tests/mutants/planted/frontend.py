"""Bugs in layer 1: what is said before it is true, and repeats that aren't recognised."""

from typing import Final

from tests.mutants.mutant import IN_THE_WORLD, Mutant

_SCHEDULE: Final = "tests/layers/test_frontend_schedule.py"
_SIGNATURES: Final = "tests/layers/test_frontend_signatures.py"

FRONTEND: Final = (
    Mutant(
        "a-call-is-answered-before-its-tasks-are-stored",
        "frontend/admission_pump.py",
        "        return await answer\n",
        "        return AdmitReply()\n",
        (
            f"{_SCHEDULE}::test_a_failed_trip_is_told_to_all_its_callers",
            f"{_SCHEDULE}::test_a_task_is_stored_enqueued_and_its_reference_published",
        ),
    ),
    Mutant(
        "a-repeated-call-is-answered-with-new-ids",
        "frontend/schedule.py",
        "        if reply.repeat_of_minted_at_ms:\n            ids[piece",
        "        if reply.repeat_of_minted_at_ms < 0:\n            ids[piece",
        (f"{_SCHEDULE}::test_a_repeat_after_a_lost_answer_makes_no_second_task", IN_THE_WORLD),
    ),
    Mutant(
        "the-pieces-of-a-large-call-share-one-token",
        "frontend/pieces.py",
        "seed if number == 0 else _seed_of(seed, number)",
        "seed",
        (f"{_SCHEDULE}::test_a_large_call_travels_in_pieces_that_a_repeat_completes",),
    ),
    Mutant(
        "references-of-tasks-that-are-not-in-their-lane-are-published",
        "frontend/announcer.py",
        "if due_us <= stored_at_us and lane in admitted.open_lanes:",
        "if due_us <= stored_at_us:",
        (f"{_SCHEDULE}::test_a_lane_without_room_keeps_new_tasks_in_the_store",),
    ),
    Mutant(
        "priority-and-collection-are-no-part-of-a-keys-content",
        "frontend/intake.py",
        "blake2b(options.hashed + payload, digest_size=16)",
        "blake2b(payload, digest_size=16)",
        (f"{_SCHEDULE}::test_another_collection_or_priority_is_other_content",),
    ),
    Mutant(
        "a-cancel-that-lost-its-race-is-called-done",
        "frontend/cancel.py",
        "            if held:\n",
        "            if change:\n",
        ("tests/layers/test_frontend_desks.py::test_a_task_claimed_between_the_look_and_the_cancel_is_asked_to_stop",),
    ),
    Mutant(
        "who-waits-is-lost-with-the-signal",
        "frontend/waiting_room.py",
        "            self._want(list(self._watched))\n",
        "            pass\n",
        ("tests/layers/test_frontend_waiting.py::test_when_the_signal_is_lost_the_safety_look_finds_it",),
    ),
    Mutant(
        "a-worker-that-cannot-take-what-waits-is-let-in",
        "frontend/signatures.py",
        "            if waiting:\n",
        "            if not waiting:\n",
        (f"{_SIGNATURES}::test_what_waits_cannot_be_taken_and_the_place_is_named",),
    ),
    Mutant(
        "changed-parameters-are-compared-the-wrong-way-round",
        "frontend/signatures.py",
        "new.cannot_read(old)",
        "old.cannot_read(new)",
        (f"{_SIGNATURES}::test_what_waits_cannot_be_taken_and_the_place_is_named",),
    ),
)
