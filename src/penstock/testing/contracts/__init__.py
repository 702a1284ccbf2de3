"""The ports' contracts as public functions: any adapter must pass them.

    await exercise_admission(fresh_store)

`fresh_store` opens an empty `StoreUnderTest` as an async context manager each time it is called. A suite
tries all of its ideas and raises `ContractBroken` with every one that failed. With pytest, one test for each
idea reads better:

    @pytest.mark.parametrize("idea", STORE_IDEAS, ids=str)
    async def test_contract(idea, fresh_store):
        await idea.check(fresh_store)
"""

from penstock.testing.contracts import (  # noqa: F401 - their ideas enter the suites when they are imported
    access_tokens,
    admission_keys,
    admission_placement,
    admission_tokens,
    attributes,
    bulk_sweeps,
    changes,
    claims,
    clock,
    cursors,
    deliveries_after,
    deliveries_changes,
    deliveries_raised,
    deliveries_travel,
    due_work,
    endpoints,
    event_histories,
    event_holds,
    event_sources,
    families,
    family_sweeps,
    filter_failures,
    gate_orders,
    gate_settling,
    gates,
    journal_answers,
    journal_keys,
    journal_order,
    kinship,
    lane_counts,
    membership,
    namespaces,
    overdue,
    periodic_schedules,
    periodic_ticks,
    progress,
    queue_delivery,
    queue_holding,
    queue_loss,
    quota_buckets,
    quotas,
    refreshes,
    registry,
    replays,
    results,
    retries,
    schema_associations,
    schema_deletions,
    schema_races,
    schemas,
    streams,
    subscriptions,
    sweeps,
)
from penstock.testing.contracts.pings import PINGS, PingsUnderTest
from penstock.testing.contracts.queue_scene import WORK_QUEUE, QueueScene
from penstock.testing.contracts.scene import Scene
from penstock.testing.contracts.signals import SIGNALS
from penstock.testing.contracts.source_scene import (
    EVENT_HISTORY,
    EVENT_SOURCE,
    EVENT_TIMES,
    SourceScene,
    SourceUnderTest,
)
from penstock.testing.contracts.store_suites import (
    ACCESS_TOKENS,
    ADMISSION,
    CHAINS,
    CLOCK,
    CURSORS,
    DELIVERIES,
    DUE_WORK,
    ENDPOINTS,
    EVENT_HOLDS,
    FILTER_FAILURES,
    GATES,
    JOURNAL,
    LANE_COUNTS,
    MEMBERSHIP,
    QUOTAS,
    REFRESHES,
    REGISTRY,
    REPLAYS,
    RESULTS,
    SCHEDULES,
    SCHEMAS,
    STREAMS,
    SUBSCRIPTIONS,
    SWEEPS,
    TICKS,
    TRANSITIONS,
)
from penstock.testing.contracts.suite import ContractBroken, Fresh, Idea, Suite
from penstock.testing.contracts.under_test import QueueUnderTest, SignalsUnderTest, Store, StoreUnderTest

STORE_SUITES = (
    ADMISSION,
    DUE_WORK,
    TRANSITIONS,
    RESULTS,
    REGISTRY,
    REPLAYS,
    MEMBERSHIP,
    SWEEPS,
    CLOCK,
    SCHEDULES,
    TICKS,
    ACCESS_TOKENS,
    GATES,
    LANE_COUNTS,
    QUOTAS,
    CHAINS,
    JOURNAL,
    STREAMS,
    SUBSCRIPTIONS,
    DELIVERIES,
    CURSORS,
    REFRESHES,
    EVENT_HOLDS,
    SCHEMAS,
    ENDPOINTS,
    FILTER_FAILURES,
)
STORE_IDEAS = tuple(idea for suite in STORE_SUITES for idea in suite.ideas)
QUEUE_IDEAS = tuple(WORK_QUEUE.ideas)
SIGNALS_IDEAS = tuple(SIGNALS.ideas)
PINGS_IDEAS = tuple(PINGS.ideas)
SOURCE_IDEAS = tuple(EVENT_SOURCE.ideas)
HISTORY_IDEAS = tuple(idea for suite in (EVENT_SOURCE, EVENT_HISTORY) for idea in suite.ideas)
TIMED_HISTORY_IDEAS = tuple(idea for suite in (EVENT_SOURCE, EVENT_HISTORY, EVENT_TIMES) for idea in suite.ideas)

exercise_access_tokens = ACCESS_TOKENS.exercise
exercise_admission = ADMISSION.exercise
exercise_cursors = CURSORS.exercise
exercise_deliveries = DELIVERIES.exercise
exercise_event_holds = EVENT_HOLDS.exercise
exercise_filter_failures = FILTER_FAILURES.exercise
exercise_due_work = DUE_WORK.exercise
exercise_transitions = TRANSITIONS.exercise
exercise_results = RESULTS.exercise
exercise_replays = REPLAYS.exercise
exercise_refreshes = REFRESHES.exercise
exercise_registry = REGISTRY.exercise
exercise_membership = MEMBERSHIP.exercise
exercise_sweeps = SWEEPS.exercise
exercise_clock = CLOCK.exercise
exercise_schedules = SCHEDULES.exercise
exercise_schemas = SCHEMAS.exercise
exercise_ticks = TICKS.exercise
exercise_gates = GATES.exercise
exercise_chains = CHAINS.exercise
exercise_lane_counts = LANE_COUNTS.exercise
exercise_quotas = QUOTAS.exercise
exercise_journal = JOURNAL.exercise
exercise_streams = STREAMS.exercise
exercise_subscriptions = SUBSCRIPTIONS.exercise
exercise_work_queue = WORK_QUEUE.exercise
exercise_signals = SIGNALS.exercise
exercise_pings = PINGS.exercise
exercise_event_source = EVENT_SOURCE.exercise
exercise_event_history = EVENT_HISTORY.exercise
exercise_event_times = EVENT_TIMES.exercise
exercise_endpoints = ENDPOINTS.exercise

__all__ = [
    "HISTORY_IDEAS",
    "PINGS_IDEAS",
    "QUEUE_IDEAS",
    "SIGNALS_IDEAS",
    "SOURCE_IDEAS",
    "STORE_IDEAS",
    "STORE_SUITES",
    "TIMED_HISTORY_IDEAS",
    "ContractBroken",
    "Fresh",
    "Idea",
    "PingsUnderTest",
    "QueueScene",
    "QueueUnderTest",
    "Scene",
    "SignalsUnderTest",
    "SourceScene",
    "SourceUnderTest",
    "Store",
    "StoreUnderTest",
    "Suite",
    "exercise_access_tokens",
    "exercise_admission",
    "exercise_chains",
    "exercise_clock",
    "exercise_cursors",
    "exercise_deliveries",
    "exercise_due_work",
    "exercise_endpoints",
    "exercise_event_history",
    "exercise_event_holds",
    "exercise_event_source",
    "exercise_event_times",
    "exercise_filter_failures",
    "exercise_gates",
    "exercise_journal",
    "exercise_lane_counts",
    "exercise_membership",
    "exercise_pings",
    "exercise_quotas",
    "exercise_refreshes",
    "exercise_registry",
    "exercise_replays",
    "exercise_results",
    "exercise_schedules",
    "exercise_schemas",
    "exercise_signals",
    "exercise_streams",
    "exercise_subscriptions",
    "exercise_sweeps",
    "exercise_ticks",
    "exercise_transitions",
    "exercise_work_queue",
]
