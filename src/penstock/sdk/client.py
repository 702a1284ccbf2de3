"""What one process has open to the platform."""

from typing import Any

from penstock.sdk.address import Address
from penstock.sdk.ends import Ends
from penstock.sdk.event_shipping import EventShipping
from penstock.sdk.link import Link
from penstock.sdk.outbox import Outbox
from penstock.sdk.ping_shipping import PingShipping
from penstock.sdk.shipping import Shipping
from penstock.sdk.surroundings import Surroundings
from penstock.sdk.waiting import Waiter, deliver, new_waiter
from penstock.wire.credentials import Credentials


class Client:
    """Serves every loop and thread of the process that made it, and no other process."""

    def __init__(
        self,
        address: Address,
        namespace: str,
        credentials: Credentials,
        timeout_s: float,
        strict: bool,
        surroundings: Surroundings,
    ) -> None:
        self.namespace = namespace
        self._surroundings = surroundings
        self._link = Link(address, credentials, timeout_s, surroundings)
        self.shipping = Shipping(self._link, namespace, strict)
        self.outbox = Outbox(self.shipping)
        self.ends = Ends(self._link, namespace)
        self.event_shipping = EventShipping(self._link, namespace)
        self.event_outbox = Outbox(self.event_shipping)
        self.ping_outbox = Outbox(PingShipping(self._link, namespace))

    def ask(self, method: str, request: Any) -> Waiter[Any]:
        """Waits for the reply to a unary call."""
        waiter: Waiter[Any] = new_waiter()
        self._link.ask(method, request, lambda reply: deliver([(waiter, reply)]))
        return waiter

    def mint_token(self) -> bytes:
        """For a request that must not be done twice."""
        return self._surroundings.mint_token()

    def close(self) -> None:
        """What is under way ends as `Unavailable`."""
        self._link.close()

    def leave(self) -> None:
        """Close because the process ends: nobody is told."""
        self._link.leave()
