"""Bugs in what becomes of events in hard cases: those that were given up, and those that few want."""

from typing import Final

from tests.mutants.mutant import Mutant

_POSTGRES: Final = "tests/contracts/test_postgres_contract.py::test_contract"
_GIVEN_UP: Final = "tests/layers/test_given_up.py"
_HARD: Final = "tests/layers/test_hard_events.py"
_COMPLETE: Final = f"{_HARD}::test_who_goes_after_a_new_one_from_now_on_is_given_what_that_counts_as_complete"
_LATE: Final = "tests/layers/test_late_lists.py"

EVENT_PROOF: Final = (
    Mutant(
        "who-goes-after-is-given-what-was-given-up",
        "flow/range_reader.py",
        "return lambda event: event.sequence not in sequences and (wants is None or wants(event))",
        "return wants",
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
        "adapters/postgres/sql/delivery_standing.sql",
        " and not e.blocks",
        "",
        (f"{_POSTGRES}[what_a_row_went_on_after_is_told_for_a_part_of_its_subject]",),
    ),
    Mutant(
        "what-was-just-registered-is-parked",
        "flow/delivery_state.py",
        "knows = await self._knows(ranges)",
        "knows = True",
        (f"{_HARD}::test_a_subscription_that_a_server_has_not_heard_of_is_not_parked",),
    ),
    Mutant(
        "what-nobody-can-be-asked-about-is-parked",
        "flow/delivery_state.py",
        "if knows and self._book.of(claimed) is None:",
        "if self._book.of(claimed) is None:",
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
    Mutant(
        "a-success-without-an-end-is-taken",
        "flow/delivery_state.py",
        "report.ending is Event.SUCCEEDED and not report.upto for report",
        "False for report",
        (f"{_HARD}::test_a_success_that_does_not_say_how_far_settles_nothing",),
    ),
    Mutant(
        "events-are-judged-by-a-filter-that-was-replaced",
        "flow/subscription_book.py",
        "if edition != self._edition:",
        "if self._edition < 0:",
        (f"{_HARD}::test_no_event_is_judged_by_a_filter_that_was_replaced",),
    ),
    Mutant(
        "the-store-does-not-tell-that-subscriptions-are-others",
        "adapters/postgres/sql/delivery_claim.sql",
        "select sum(s.xmin::text::bigint)::bigint from",
        "select count(*) from",
        (f"{_POSTGRES}[a_claim_tells_when_subscriptions_are_others]",),
    ),
    Mutant(
        "who-goes-after-somebody-since-a-moment-ago-runs-ahead",
        "flow/range_reader.py",
        "cursor = row.cursor if other in subscription.after else _FAR",
        "cursor = _FAR",
        (f"{_HARD}::test_who_goes_after_somebody_from_now_on_is_given_nothing_that_is_not_done_there",),
    ),
    Mutant(
        "nobody-asks-for-the-rows-of-those-that-go-first-now",
        "flow/delivery_state.py",
        "for each in readings.values() if each.asks]",
        "for each in () if each.asks]",
        (f"{_COMPLETE}[True]",),
    ),
    Mutant(
        "refresh-lifts-to-rows-that-nobody-makes",
        "scheduler/dispatcher.py",
        "            await self.dispatch([Ping(*place, 0) for place in made.unmade])\n",
        "",
        (f"{_COMPLETE}[False]",),
    ),
)
