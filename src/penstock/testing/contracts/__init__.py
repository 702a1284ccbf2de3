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
    admission_keys,
    admission_placement,
    admission_tokens,
    changes,
    claims,
    clock,
    due_work,
    gate_orders,
    gate_settling,
    gates,
    membership,
    overdue,
    queue_delivery,
    queue_holding,
    queue_loss,
    registry,
    results,
    retries,
)
from penstock.testing.contracts.queue_scene import WORK_QUEUE, QueueScene
from penstock.testing.contracts.scene import Scene
from penstock.testing.contracts.signals import SIGNALS
from penstock.testing.contracts.store_suites import (
    ADMISSION,
    CLOCK,
    DUE_WORK,
    GATES,
    MEMBERSHIP,
    REGISTRY,
    RESULTS,
    TRANSITIONS,
)
from penstock.testing.contracts.suite import ContractBroken, Fresh, Idea, Suite
from penstock.testing.contracts.under_test import QueueUnderTest, SignalsUnderTest, Store, StoreUnderTest

STORE_SUITES = (ADMISSION, DUE_WORK, TRANSITIONS, RESULTS, REGISTRY, MEMBERSHIP, CLOCK, GATES)
STORE_IDEAS = tuple(idea for suite in STORE_SUITES for idea in suite.ideas)
QUEUE_IDEAS = tuple(WORK_QUEUE.ideas)
SIGNALS_IDEAS = tuple(SIGNALS.ideas)

exercise_admission = ADMISSION.exercise
exercise_due_work = DUE_WORK.exercise
exercise_transitions = TRANSITIONS.exercise
exercise_results = RESULTS.exercise
exercise_registry = REGISTRY.exercise
exercise_membership = MEMBERSHIP.exercise
exercise_clock = CLOCK.exercise
exercise_gates = GATES.exercise
exercise_work_queue = WORK_QUEUE.exercise
exercise_signals = SIGNALS.exercise

__all__ = [
    "QUEUE_IDEAS",
    "SIGNALS_IDEAS",
    "STORE_IDEAS",
    "STORE_SUITES",
    "ContractBroken",
    "Fresh",
    "Idea",
    "QueueScene",
    "QueueUnderTest",
    "Scene",
    "SignalsUnderTest",
    "Store",
    "StoreUnderTest",
    "Suite",
    "exercise_admission",
    "exercise_clock",
    "exercise_due_work",
    "exercise_gates",
    "exercise_membership",
    "exercise_registry",
    "exercise_results",
    "exercise_signals",
    "exercise_transitions",
    "exercise_work_queue",
]
