"""How a task ended, or failed for now, in words."""

from penstock.model.lifecycle import Status
from penstock.model.policy import CRASHES_MAX, LambdaPolicy
from penstock.model.spoken import moment, times
from penstock.model.task import Failure, Outcome, TaskView

MESSAGE_CHARS_MAX = 200


def how_it_ended(outcome: Outcome, now_us: int) -> tuple[str, bool]:
    """A sentence, and whether running it again may be what its owner wants."""
    at = moment(outcome.finished_at_us, now_us)
    error = shortly(outcome.failure)
    match outcome.status:
        case Status.SUCCESS:
            return f"It has ended in success, {at}.", False
        case Status.FATAL_FAILURE:
            return f"It has ended, {at}: its lambda called it a fatal failure{_of(error)}.", True
        case Status.DEAD:
            return f"It is dead since {at}: {_death(outcome, error)}.", True
        case Status.CANCELLED:
            return f"It was cancelled, {at}: {outcome.reason or 'on request'}.", True
        case _:
            return f"It was dropped by a gate, {at}: it was due while the gate dropped, and never ran.", True


def last_failure(view: TaskView, policy: LambdaPolicy) -> str:
    """`ValueError: no such user; attempt 2 of 20`."""
    row = view.trigger
    assert row is not None
    last = view.history[-1] if view.history else None
    error = (shortly(last.failure) or last.ending.name.lower().replace("_", " ")) if last else "not known how"
    crashed = f", crash {row.crashes} of {CRASHES_MAX}" if row.crashes else ""
    return f"{error}; attempt {row.attempts} of {policy.attempts_max}{crashed}"


def shortly(failure: Failure) -> str:
    """Its type and the beginning of its message, on one line; "" for none."""
    message = " ".join(failure.message.split())
    if len(message) > MESSAGE_CHARS_MAX:
        message = message[: MESSAGE_CHARS_MAX - 1] + "…"
    return ": ".join(part for part in (failure.type, message) if part)


def _death(outcome: Outcome, error: str) -> str:
    match outcome.reason:
        case "budget":
            return f"its budget is used up after {times(outcome.attempts, 'attempt')}{_of(error)}"
        case "poison":
            return f"its executor crashed {times(outcome.crashes, 'time')} while it ran alone"
        case "lapses":
            return f"its lease was lost {times(outcome.lapses, 'time')}"
        case "undecodable":
            return f"its payload does not fit its lambda{_of(error)}"
        case other:
            return other or "it cannot be run"


def _of(error: str) -> str:
    return f" ({error})" if error else ""
