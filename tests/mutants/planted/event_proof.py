"""Bugs in what becomes of events in hard cases: those that were given up, and those that few want."""

from typing import Final

from tests.mutants.mutant import Mutant

_POSTGRES: Final = "tests/contracts/test_postgres_contract.py::test_contract"
_GIVEN_UP: Final = "tests/layers/test_given_up.py"
_HARD: Final = "tests/layers/test_hard_events.py"
_LATE: Final = "tests/layers/test_late_lists.py"

EVENT_PROOF: Final = (
    Mutant(
        "who-goes-after-is-given-what-was-given-up",
        "flow/range_reader.py",
        "_without(sequences, wants[at]) if sequences else wants[at]",
        "wants[at]",
        (f"{_GIVEN_UP}::test_who_goes_after_skips_what_was_skipped",),
    ),
    Mutant(
        "what-was-given-up-two-before-is-given",
        "model/subscription_rules.py",
        "            to_do.extend(known[other].after)\n",
        "",
        (f"{_GIVEN_UP}::test_who_goes_after_skips_what_was_skipped",),
    ),
    Mutant(
        "the-store-tells-of-letters-that-block",
        "adapters/postgres/sql/event_letters_passed.sql",
        " and not e.blocks",
        "",
        (f"{_POSTGRES}[what_a_row_went_on_after_is_told_for_a_part_of_its_subject]",),
    ),
    Mutant(
        "what-was-just-registered-is-parked",
        "flow/delivery_state.py",
        "is_sure = await self._is_sure_of(ranges)",
        "is_sure = True",
        (f"{_HARD}::test_a_subscription_that_a_server_has_not_heard_of_is_not_parked",),
    ),
    Mutant(
        "what-nobody-can-be-asked-about-is-parked",
        "flow/delivery_state.py",
        "parked(claimed) if is_sure else put_back(claimed, SOURCE_RETRY_S)",
        "parked(claimed)",
        (f"{_HARD}::test_while_nobody_can_be_asked_nothing_is_parked",),
    ),
    Mutant(
        "a-failure-of-what-was-just-registered-is-parked",
        "flow/delivery_state.py",
        "            await self._book.refresh()\n        subscription",
        "            pass\n        subscription",
        (f"{_HARD}::test_a_failure_is_judged_by_a_server_that_has_not_heard_of_the_subscription",),
    ),
    Mutant(
        "an-old-list-leads-a-page-of-refresh",
        "scheduler/refresh_rounds.py",
        "        await self._subscriptions.read()  # its mark",
        "        # its mark",
        (f"{_LATE}::test_an_old_list_leads_no_page_of_a_pass_that_knows_more",),
    ),
)
