"""An endpoint in a lambda's shape: what comes back is its result as it stands."""

from typing import Any

from penstock.model.endpoint import Endpoint
from penstock.model.endpoint_rules import lambda_timeout_s


class PushedLambda:
    """Its claims are run by a `PushRunner`, which knows its addresses."""

    is_async = True
    cancel_grace_s = None

    def __init__(self, endpoint: Endpoint) -> None:
        self.name = endpoint.lambda_name
        subscription = endpoint.spec.subscription
        self.stream = "" if subscription is None else subscription.stream
        self.timeout_s = lambda_timeout_s(endpoint.spec)

    def decode(self, payload: Any) -> Any:
        """Whatever it is, it is handed on."""
        return payload

    def call(self, arguments: Any, /) -> Any:
        """Code that runs elsewhere cannot be called as a function."""
        raise TypeError(f"{self.name} is an endpoint: it is called over HTTP")

    def encode(self, result: bytes) -> bytes:
        """JSON already."""
        return result
