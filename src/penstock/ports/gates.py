"""Gates in the store: orders, their audit trail, and what becomes of tasks that they hold."""

from collections.abc import Sequence
from typing import Protocol

from penstock.model.gate import Gate, GateLine, GateOrder, Settled, ShutGates
from penstock.model.identity import TaskId


class Gates(Protocol):
    """Duties: a statement of the store that begins after `order` has returned lets no task through that the gate
    stops: neither `Admission.admit` nor `DueWork.enqueue_due` nor `Transitions.claim`. A gate whose `until` has passed
    by the store's clock is open. All methods raise `Unavailable`.
    """

    async def order(self, order: GateOrder) -> Gate:
        """Set or open a gate, with a line in the trail, in one transaction; answers how it stands.

        Opening what is open changes nothing, as does an order that comes again with its token, also when others have
        come in between. Raises `InvalidInput` for a token that was used for anything else.
        """

    async def standing(self, namespace_id: int, lambda_name: str) -> list[Gate]:
        """The gates that are not open, with what they hold; of one lambda, or of all for ""."""

    async def trail(
        self, namespace_id: int, lambda_name: str, collection: str | None, before_version: int, limit: int
    ) -> list[GateLine]:
        """Orders, the latest first, below a version (0: from the end); None: on any collection, and on the whole."""

    async def shut(self) -> ShutGates:
        """The gates of all namespaces that are not open."""

    async def unsettled(self) -> list[Gate]:
        """Gates whose held tasks must be moved on: opened, out of time, or dropping.

        Opens those whose `until` has passed, with a line in the trail. A gate stays unsettled for `GATE_LATE_S`:
        what was decided before the change may be committed after it.
        """

    async def settle(self, gate: Gate, limit: int) -> Settled:
        """Look anew at up to `limit` tasks that this gate holds, in the order in which they were to run.

        What no gate stops becomes new, due at its time or now, in that order; what another one stops is held for that.
        Nothing, while another settles.
        """

    async def settled(self, gate: Gate) -> None:
        """Unless something is left that this gate holds wrongly, somebody has changed it, or `GATE_LATE_S` have not
        passed: it is not unsettled any more. For who got nothing more to move.
        """

    async def drop_held(self, limit: int) -> Sequence[TaskId]:
        """End up to `limit` tasks as dropped that were due while a gate dropped; answers who they were."""
