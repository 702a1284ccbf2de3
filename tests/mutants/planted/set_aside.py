"""Bugs where order does not matter: what is set aside is lost, or holds up what it should not."""

from typing import Final

from tests.mutants.mutant import Mutant

_POSTGRES: Final = "tests/contracts/test_postgres_contract.py::test_contract"
_LAYER: Final = "tests/layers/test_unordered_events.py"
_MODEL: Final = "tests/model/test_ordering.py"

SET_ASIDE: Final = (
    Mutant(
        "what-is-set-aside-is-made-nowhere",
        "adapters/postgres/deliveries.py",
        "    if asides:\n",
        "    if False:\n",
        (f"{_POSTGRES}[what_is_set_aside_is_tried_apart_and_its_subject_goes_on]",),
    ),
    Mutant(
        "what-is-set-aside-is-set-aside-again",
        "model/ordering.py",
        "    if spec.order is Order.NONE and not is_aside(report.id):",
        "    if spec.order is Order.NONE:",
        (f"{_MODEL}::test_an_event_that_was_set_aside_is_tried_as_any_other_and_blocks_nothing",),
    ),
    Mutant(
        "what-was-set-aside-blocks-when-the-order-changes",
        "model/ordering.py",
        "        stops = blocks(spec) and not is_aside(report.id)",
        "        stops = blocks(spec)",
        (f"{_MODEL}::test_an_event_that_was_set_aside_is_tried_as_any_other_and_blocks_nothing",),
    ),
    Mutant(
        "whoever-likes-goes-after-a-lambda-without-order",
        "model/subscription_rules.py",
        "            if first is not None and first.stream == spec.stream and first.order is Order.NONE:",
        "            if False:",
        (f"{_LAYER}::test_nobody_goes_after_a_lambda_without_order",),
    ),
    Mutant(
        "what-was-set-aside-and-is-done-stays-for-ever",
        "scheduler/idle_rows.py",
        "if is_aside(row.id) and row.idle_us >= 0]",
        "if is_aside(row.id) and row.idle_us >= 0 and False]",
        (f"{_LAYER}::test_done_ones_are_forgotten_and_letters_are_kept",),
    ),
    Mutant(
        "verify-takes-for-done-what-was-set-aside",
        "frontend/verify.py",
        "            behind + (await self._aside(asked) if page.is_end else []),",
        "            behind,",
        ("tests/layers/test_frontend_cursors.py::test_what_was_set_aside_is_not_complete_until_it_is_done",),
    ),
)
