"""What an app gives to those who look after a platform: gates, quotas, many tasks at once, cursors."""

from penstock.sdk.connection import Connection
from penstock.sdk.cursors import Cursors
from penstock.sdk.gates import Gates
from penstock.sdk.many import Many
from penstock.sdk.quotas import Quotas


class Operations:
    """An `App` is one."""

    _connection: Connection

    @property
    def gates(self) -> Gates:
        """Pause, drop or open lambdas and collections, of this app or another."""
        return Gates(self._connection)

    @property
    def quotas(self) -> Quotas:
        """What lambdas, of this app or another, may schedule and start a second, and their weights."""
        return Quotas(self._connection)

    @property
    def many(self) -> Many:
        """Cancel or retry many tasks by what they are."""
        return Many(self._connection)

    @property
    def cursors(self) -> Cursors:
        """How far subscriptions, of this app or another, have come; verify, replay, and move what stands."""
        return Cursors(self._connection)
