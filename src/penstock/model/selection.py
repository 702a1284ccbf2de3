"""Which tasks an order over many means: those to cancel, or those to try again."""

from typing import Final

from msgspec import Struct

from penstock.model.attributes import Attributes
from penstock.model.lifecycle import LIVE, TERMINAL, Status

FAILURES: Final = (Status.FATAL_FAILURE, Status.DEAD)
"""what is tried again where no status is named"""
RETRIABLE_IN_BULK: Final = TERMINAL - {Status.SUCCESS}
"""a success is tried again by its id only: nobody means all of them"""
CANCELLABLE: Final = LIVE


class TaskSelection(Struct, frozen=True):
    """Empty fields do not select. Times for which tasks were scheduled, in microseconds, the first included, the
    second not.
    """

    lambda_name: str = ""
    collection: str = ""
    statuses: tuple[Status, ...] = ()
    scheduled_from_us: int = 0
    scheduled_until_us: int = 0
    attributes: Attributes = ()
    """a task must have all of them"""


class TaskGroup(Struct, frozen=True):
    """Tasks of a selection that are alike."""

    lambda_name: str
    status: Status
    count: int
    oldest_us: int
    """for when the one was scheduled that has waited longest"""
    newest_us: int
