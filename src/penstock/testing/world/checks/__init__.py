"""What must hold when all is quiet. Each rule is a function whose name is a sentence; it yields what breaks it."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from penstock.testing.world.checks.budgets import (
    a_cancelled_task_never_starts,
    innocents_never_die,
    nobody_fails_more_often_than_its_budget,
    the_guilty_end_as_they_must,
)
from penstock.testing.world.checks.claims import (
    a_claim_rises_with_every_claiming,
    a_task_has_one_verdict,
    every_success_is_real,
    no_two_executions_of_a_task_overlap,
    progress_is_told_by_its_own_execution,
)
from penstock.testing.world.checks.events import (
    a_cursor_passes_only_what_is_done,
    events_of_a_subject_are_done_in_their_order,
    every_event_is_handed_over,
    nobody_sees_an_event_before_those_that_go_first,
    nobody_sees_what_those_that_go_first_gave_up,
    only_guilty_events_die,
    only_wanted_events_are_handed_over,
    what_was_acknowledged_stands_in_the_journal,
)
from penstock.testing.world.checks.families import (
    a_child_leaves_its_parents_once,
    a_child_starts_after_its_parents,
    a_failed_parent_is_answered_as_its_child_asked,
)
from penstock.testing.world.checks.gates import (
    gates_free_in_due_order,
    nothing_is_dropped_but_by_a_gate,
    nothing_starts_behind_a_shut_gate,
)
from penstock.testing.world.checks.keeping import (
    a_key_names_one_task,
    nothing_acknowledged_is_lost,
    nothing_exists_that_nobody_asked_for,
    the_books_balance,
)
from penstock.testing.world.checks.sweeping import (
    a_cancel_of_many_passes_nothing_over,
    an_ended_task_is_tried_again_once,
    every_redrive_comes_to_its_end,
)
from penstock.testing.world.checks.ticks import (
    a_tick_makes_one_task,
    every_task_of_a_schedule_has_a_tick_that_has_come,
    no_schedule_stands_still,
    no_tick_is_left_out,
    tasks_of_ticks_succeed,
)
from penstock.testing.world.checks.times import nothing_is_enqueued_early, nothing_starts_early

if TYPE_CHECKING:
    from penstock.testing.world.world import World

Breach = Iterator[str]

RULES: Final[tuple[Callable[["World"], Breach], ...]] = (
    nothing_acknowledged_is_lost,
    nothing_exists_that_nobody_asked_for,
    a_key_names_one_task,
    the_books_balance,
    a_claim_rises_with_every_claiming,
    no_two_executions_of_a_task_overlap,
    a_task_has_one_verdict,
    every_success_is_real,
    nothing_is_enqueued_early,
    nothing_starts_early,
    nobody_fails_more_often_than_its_budget,
    innocents_never_die,
    the_guilty_end_as_they_must,
    a_cancelled_task_never_starts,
    an_ended_task_is_tried_again_once,
    every_redrive_comes_to_its_end,
    a_tick_makes_one_task,
    no_tick_is_left_out,
    every_task_of_a_schedule_has_a_tick_that_has_come,
    no_schedule_stands_still,
    tasks_of_ticks_succeed,
    nothing_starts_behind_a_shut_gate,
    nothing_is_dropped_but_by_a_gate,
    gates_free_in_due_order,
    a_cancel_of_many_passes_nothing_over,
    progress_is_told_by_its_own_execution,
    a_child_starts_after_its_parents,
    a_child_leaves_its_parents_once,
    a_failed_parent_is_answered_as_its_child_asked,
    every_event_is_handed_over,
    what_was_acknowledged_stands_in_the_journal,
    events_of_a_subject_are_done_in_their_order,
    a_cursor_passes_only_what_is_done,
    nobody_sees_an_event_before_those_that_go_first,
    nobody_sees_what_those_that_go_first_gave_up,
    only_wanted_events_are_handed_over,
    only_guilty_events_die,
)


def broken_rules(world: "World") -> list[str]:
    """One sentence for each breach."""
    return [f"{rule.__name__.replace('_', ' ')}: {sentence}" for rule in RULES for sentence in rule(world)]
