"""Bugs in layer 4: who gets what, in which order, and what becomes of the rest."""

from typing import Final

from tests.mutants.mutant import IN_THE_WORLD, Mutant

_DISPATCH: Final = "delivery/dispatch.py"
_TESTS: Final = "tests/layers/test_delivery.py"
_HAND_BACK: Final = "tests/layers/test_delivery_hand_back.py"

DELIVERY: Final = (
    Mutant(
        "low-priority-goes-first",
        "model/lane.py",
        "_IN_ORDER: Final = tuple(Priority)\n",
        "_IN_ORDER: Final = tuple(Priority)[::-1]\n",
        (f"{_TESTS}::test_high_goes_before_normal_before_low_and_low_has_a_floor",),
    ),
    Mutant(
        "a-suspect-runs-in-company",
        _DISPATCH,
        "if not session.hello.quarantine and any(task.suspect for task in claimed):",
        "if session.hello.quarantine and any(task.suspect for task in claimed):",
        (f"{_TESTS}::test_a_suspect_whose_reference_does_not_say_so_is_handed_back", IN_THE_WORLD),
    ),
    Mutant(
        "references-are-settled-though-their-claim-failed",
        _DISPATCH,
        "            ticket.give_back()\n",
        "            ticket.settle()\n",
        (f"{_HAND_BACK}::test_references_whose_claim_failed_come_first_again",),
    ),
    Mutant(
        "the-stamp-is-read-after-the-claim",
        _DISPATCH,
        "self._hand_over(session, claimed, asked)",
        "self._hand_over(session, claimed, session.moment)",
        (f"{_HAND_BACK}::test_a_stamp_that_comes_while_a_claim_is_under_way_is_not_its_stamp",),
    ),
    Mutant(
        "a-message-is-done-when-its-first-reference-is-claimed",
        "delivery/lane.py",
        "if holder.unsettled <= 0 and holder in self._held:",
        "if holder in self._held:",
        (f"{_TESTS}::test_no_more_is_claimed_than_there_is_credit",),
    ),
    Mutant(
        "suspects-put-back-lose-their-mark",
        "delivery/lane.py",
        "            rest = [Reference(task_id, alone=True)",
        "            rest = [Reference(task_id)",
        (f"{_HAND_BACK}::test_a_suspect_put_back_is_still_to_run_alone",),
    ),
    Mutant(
        "repeated-credit-counts-again",
        "delivery/session.py",
        "max(self._credit_total, credit_total)",
        "self._credit_total + credit_total",
        (f"{_TESTS}::test_a_repeated_credit_message_gives_nothing_twice",),
    ),
    Mutant(
        "work-goes-to-who-has-fallen-silent",
        "delivery/session.py",
        "or self.stopping or self.is_silent else",
        "or self.stopping else",
        ("tests/layers/test_delivery_silence.py::test_who_has_been_silent_for_a_few_seconds_is_given_nothing",),
    ),
    Mutant(
        "what-a-broken-stream-had-not-sent-waits-for-its-lease",
        _DISPATCH,
        "        self._release([(assignment.id, assignment.claim) for assignment in left])\n",
        "",
        (f"{_TESTS}::test_what_a_closed_stream_had_not_been_sent_is_handed_back_without_cost",),
    ),
)
