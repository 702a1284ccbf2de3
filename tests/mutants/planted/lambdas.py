"""Bugs in what is said of deliveries: events that count as done and are not, or fail for another's fault."""

from typing import Final

from tests.mutants.mutant import Mutant

_SDK: Final = "tests/layers/test_sdk_subscriptions.py"
_RUN: Final = "tests/layers/test_execution_deliveries.py"
_WIRE: Final = "tests/layers/test_delivery_codec.py"
_DESK: Final = "tests/layers/test_frontend_subscriptions.py"
_RULES: Final = "tests/model/test_subscription_rules.py"

LAMBDAS: Final = (
    Mutant(
        "events-before-an-unreadable-one-are-never-run",
        "sdk/event_running.py",
        "    async def run_some(reading: Reading) -> None:\n        await run(reading.events)\n",
        "    async def run_some(reading: Reading) -> None:\n",
        (
            f"{_SDK}::test_those_before_an_unreadable_event_are_done_first[True-True]",
            f"{_RUN}::test_unreadable_data_names_its_event_when_those_before_it_are_done",
        ),
    ),
    Mutant(
        "an-unreadable-event-is-not-named",
        "execution/endings.py",
        "    return replace(report, failed_at=error.sequence) if isinstance(error, UndecodableEvent) else report",
        "    return report",
        (
            f"{_RUN}::test_unreadable_data_names_its_event_when_those_before_it_are_done",
            f"{_RUN}::test_when_the_first_is_unreadable_nothing_runs",
        ),
    ),
    Mutant(
        "a-function-of-one-event-names-the-first",
        "sdk/event_running.py",
        "those before it are done\n                raise EventFailed(event) from error",
        "those before it are done\n                raise EventFailed(events[0]) from error",
        (f"{_SDK}::test_one_by_one_the_first_that_fails_is_named[True]",),
    ),
    Mutant(
        "an-event-of-another-delivery-is-believed",
        "execution/failed_events.py",
        "event.sequence == error.sequence for event in held.payload",
        "event.sequence for event in held.payload",
        (f"{_RUN}::test_an_event_of_another_delivery_is_not_believed[9]",),
    ),
    Mutant(
        "what-an-event-failed-from-is-not-judged",
        "execution/failed_events.py",
        "    reason = error.__cause__ or error",
        "    reason: BaseException = error",
        (f"{_RUN}::test_what_it_was_raised_from_says_why[cause1-11-None]",),
    ),
    Mutant(
        "results-do-not-echo-how-far-they-go",
        "wire/codec.py",
        "    if any(uptos):",
        "    if any(uptos[:0]):",
        ("tests/layers/test_codec.py::test_reports_survive_the_wire",),
    ),
    Mutant(
        "columns-that-differ-are-sent-once",
        "wire/delivery_codec.py",
        "return values[:1] if values and values.count(values[0]) == len(values) else values",
        "return values[:1]",
        (f"{_WIRE}::test_what_differs_is_sent_for_each",),
    ),
    Mutant(
        "events-do-not-weigh",
        "delivery/session.py",
        "                size += assignment.events_bytes",
        "                size += 0",
        (
            "tests/layers/test_delivery_of_events.py::test_events_count_for_the_size_of_a_message_and_are_not_kept_when_it_is_sent",
        ),
    ),
    Mutant(
        "a-delivery-of-another-version-counts-as-bad-data",
        "execution/executor.py",
        "elif assignment.span is not None and assignment.span.stream != work.stream:",
        "elif assignment.span is not None and not work.stream:",
        (f"{_RUN}::test_a_delivery_that_another_version_subscribed_to_is_tried_again_elsewhere[orders]",),
    ),
    Mutant(
        "a-refused-ring-leaves-something-behind",
        "frontend/subscribe.py",
        "        check_together({each.lambda_name: each.spec for",
        "        dict({each.lambda_name: each.spec for",
        (f"{_DESK}::test_a_ring_within_one_call_keeps_nothing",),
    ),
    Mutant(
        "a-lambda-that-takes-tasks-again-goes-on-subscribing",
        "frontend/subscribe.py",
        "            [record.id for record in rest.values()],",
        "            [],",
        (f"{_DESK}::test_a_lambda_that_takes_tasks_now_subscribes_no_more",),
    ),
    Mutant(
        "a-ring-over-another-stream-is-one",
        "model/subscription_rules.py",
        "                if other in specs and specs[other].stream == stream",
        "                if other in specs and stream",
        (f"{_RULES}::test_no_ring",),
    ),
)
