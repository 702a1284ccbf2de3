"""What a run is made of, and how each of its tasks must end."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from penstock import Status
from penstock.model.policy import DEFAULT_POLICY
from penstock.sdk.schedulable import Schedulable
from tests.processes.fault_run import lambdas

if TYPE_CHECKING:
    from penstock.sdk.lambdas import AnyLambda

ENDS_AS: Final[dict[str, tuple[Status, str]]] = {
    "quick": (Status.SUCCESS, ""),
    "slow": (Status.SUCCESS, ""),
    "slow_thread": (Status.SUCCESS, ""),
    "flaky": (Status.SUCCESS, ""),
    "hopeless": (Status.DEAD, "budget"),
    "refused": (Status.FATAL_FAILURE, ""),
    "crashing": (Status.DEAD, "poison"),
}
BUDGETS: Final = {
    **dict.fromkeys(ENDS_AS, DEFAULT_POLICY.attempts_max),
    "flaky": lambdas.FLAKY_BUDGET,
    "crashing": lambdas.FLAKY_BUDGET,
    "hopeless": lambdas.HOPELESS_BUDGET,
}
_FORGED: Final = b'"forged"'
_CRASHES: Final = ("exit", "fault", "kill")

Wanted = tuple[Schedulable[..., Any], tuple[object, ...]]
"""A lambda with its options, and its arguments."""


def backoff_least_us(kind: str) -> int:
    """No retry of the kind comes sooner after a failure, whatever the jitter."""
    base_s = lambdas.BACKOFF_S if kind in ("flaky", "hopeless", "crashing") else DEFAULT_POLICY.backoff_base_s
    return int(base_s * 0.5 * 1_000_000)


def forged_result() -> bytes:
    """What a stale report says, that must never be seen again."""
    return _FORGED


def forged(result: bytes) -> bool:
    """Whether a stale report was believed."""
    return result == _FORGED


@dataclass(frozen=True)
class Plan:
    """So many tasks at such a rate; a crash in every `crash_every` tasks; so many rounds over all faults."""

    tasks: int
    tasks_per_s: float
    crash_every: int
    rounds: int


def kind_of(plan: Plan, number: int) -> str:
    """Which lambda the task is for: of a hundred about 60 quick, 30 slow, 10 that fail."""
    if number % plan.crash_every == plan.crash_every // 2:
        return "crashing"
    place = number * 37 % 100  # neighbours are of different kinds
    for kind, below in (("quick", 60), ("slow", 82), ("slow_thread", 91), ("flaky", 97), ("refused", 98)):
        if place < below:
            return kind
    return "hopeless"


def wanted(plan: Plan, number: int, key: str | None = None) -> Wanted:
    """The task of a number. Some of the quick ones are for a moment later."""
    kind = kind_of(plan, number)
    pause_s = 0.05 + number % 26 / 100
    rest: dict[str, tuple[object, ...]] = {
        "slow": (pause_s,),
        "slow_thread": (pause_s,),
        "flaky": (1 + number % 3,),
        "crashing": (_CRASHES[number // plan.crash_every % len(_CRASHES)],),
    }
    delay_s = 0.5 + number % 5 if kind == "quick" and number % 9 == 0 else None
    made: AnyLambda[..., Any] = getattr(lambdas, kind)
    return made.options(delay=delay_s, key=key), (number, *rest.get(kind, ()))


def numbers(plan: Plan, client: int, clients: int) -> Iterator[int]:
    """The share of one client."""
    return iter(range(client, plan.tasks, clients))
