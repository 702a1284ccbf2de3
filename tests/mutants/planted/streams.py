"""Bugs in the journal: what is lost, doubled or out of order, and what is let in."""

from typing import Final

from tests.mutants.mutant import Mutant

_POSTGRES: Final = "tests/contracts/test_postgres_contract.py::test_contract"
_EVENTS: Final = "tests/contracts/test_postgres_events.py"
_MEMORY: Final = "tests/contracts/test_memory_store.py::test_the_memory_store_keeps_the_contract"
_DESK: Final = "tests/layers/test_frontend_publish.py"
_SDK: Final = "tests/layers/test_sdk_publish.py"

STREAMS: Final = (
    Mutant(
        "a-subject-begins-anew-when-it-is-published-to-again",
        "adapters/postgres/sql/journal_append.sql",
        "set head = h.head + excluded.appended,",
        "set head = excluded.head,",
        (f"{_POSTGRES}[a_subject_begins_at_the_clock_and_rises_by_one]",),
    ),
    Mutant(
        "events-of-a-batch-are-numbered-backwards",
        "adapters/postgres/journal_batch.py",
        "                following.append(left[place])",
        "                following.append(self._counts[place] - left[place] - 1)",
        (f"{_POSTGRES}[events_of_a_call_are_numbered_in_its_order]",),
    ),
    Mutant(
        "a-repeated-call-leaves-a-gap",
        "adapters/postgres/sql/journal_append.sql",
        "    where known.calls is null\n    order by s.stream_id, s.subject_hash",
        "    order by s.stream_id, s.subject_hash",
        (f"{_POSTGRES}[a_repeated_call_stores_nothing_and_is_answered_as_before]",),
    ),
    Mutant(
        "an-id-is-known-for-ever",
        "adapters/postgres/sql/event_keys_known.sql",
        "where k.expires_at > penstock.clock()",
        "where true",
        (f"{_POSTGRES}[past_its_window_an_id_is_free]",),
    ),
    Mutant(
        "who-is-overtaken-by-the-same-id-does-not-notice",
        "adapters/postgres/journal_keys.py",
        "    return len(rows) == len(noted)",
        "    return len(rows) <= len(noted)",
        (f"{_POSTGRES}[of_many_with_one_id_at_once_one_is_stored]",),
    ),
    Mutant(
        "an-expectation-is-looked-at-for-the-first-event-only",
        "adapters/postgres/journal_batch.py",
        "        before[place] = heads[numbers[position] - 1] - following[position]\n",
        "        break\n",
        (f"{_POSTGRES}[an_expectation_that_is_not_met_stores_nothing_of_its_call]",),
    ),
    Mutant(
        "a-subject-that-is-busy-is-forgotten",
        "adapters/postgres/sql/forget_idle_heads.sql",
        "p.appended_at < $3 and h.appended_at < $3",
        "(p.appended_at < $3 or h.head > 0)",
        (f"{_EVENTS}::test_a_subject_that_was_forgotten_comes_back_above",),
    ),
    Mutant(
        "every-stream-keeps-only-as-long-as-the-platform",
        "adapters/postgres/event_retention.py",
        "longest_us = max([microseconds(keep_s), *kept_us.values()])",
        "longest_us = microseconds(keep_s)",
        (f"{_EVENTS}::test_days_are_dropped_when_no_stream_keeps_them",),
    ),
    Mutant(
        "the-first-half-of-a-call-with-an-unmet-expectation-stays",
        "adapters/memory/journal.py",
        "        if conflict is not None:\n            return AppendReply(conflict=conflict)\n",
        "        if conflict is not None:\n            for event in request.events[: conflict.position]:\n"
        "                self._store(event, request.id_window_s)\n            return AppendReply(conflict=conflict)\n",
        (f"{_MEMORY}[an_expectation_that_is_not_met_stores_nothing_of_its_call]",),
    ),
    Mutant(
        "a-call-that-expects-something-takes-others-with-it",
        "frontend/journal_pump.py",
        "            if batch and (is_full or first.goes_alone):",
        "            if batch and is_full:",
        (f"{_DESK}::test_a_call_that_expects_something_refuses_no_other",),
    ),
    Mutant(
        "a-refused-call-has-made-its-stream",
        "frontend/publish.py",
        "            take_in(call, dict.fromkeys(named, NO_STREAM))\n",
        "            pass\n",
        (f"{_DESK}::test_one_wrong_event_refuses_its_call_with_its_place",),
    ),
    Mutant(
        "one-bad-event-refuses-all-that-share-its-request",
        "sdk/event_shipping.py",
        "            if len(items) > 1 and _may_be_one_events_fault(outcomes[0]):",
        "            if False:",
        (f"{_SDK}::test_a_bad_one_among_many_at_once_refuses_no_other",),
    ),
)
