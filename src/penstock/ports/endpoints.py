"""Endpoints as the store keeps them, and what push workers tell of their health."""

from collections.abc import Sequence
from typing import Final, Protocol

from penstock.model.endpoint import Endpoint, EndpointSpec, TargetHealth
from penstock.model.lane import LambdaId

HEALTH_WITHIN_S: Final = 90.0
"""three times what a push worker takes to tell all it knows: an older word counts no more"""


class Endpoints(Protocol):
    """A role of the store. All methods raise `Unavailable`, and may be repeated."""

    async def keep(self, lambda_id: LambdaId, spec: EndpointSpec, secret: bytes) -> Endpoint:
        """Make the lambda an endpoint, or change the one that it is: then its secrets and its state stay, but
        addresses count as gone no more.
        """

    async def all(self) -> list[Endpoint]:
        """Of every namespace, by lambda."""

    async def of_namespace(self, namespace_id: int, lambda_name: str = "") -> list[Endpoint]:
        """Of one lambda, or of all for "", by name."""

    async def remove(self, lambda_id: LambdaId) -> bool:
        """It is one no longer, and what was told of it is forgotten; False: it was none."""

    async def rotate(self, lambda_id: LambdaId, secret: bytes, both_s: float) -> Endpoint | None:
        """A new secret; the current one goes on signing for so long, one from before it no more. A repeat with the
        current secret changes nothing. None: there is no such endpoint.
        """

    async def enable(self, lambda_id: LambdaId) -> Endpoint | None:
        """Work is sent again, to all of its addresses; None: there is no such endpoint."""

    async def disable(self, lambda_id: LambdaId, because: str) -> Endpoint | None:
        """Nothing is sent; the first reason and its time stay. None: there is no such endpoint."""

    async def gone(self, lambda_id: LambdaId, url: str, because: str) -> Endpoint | None:
        """One address wants nothing any more; without any left, the endpoint is disabled. An address that it does not
        have changes nothing. None: there is no such endpoint.
        """

    async def tell(self, health: Sequence[TargetHealth]) -> None:
        """How addresses stand; the latest word of each worker counts. Of what is no endpoint nothing is kept."""

    async def health(self, namespace_id: int, lambda_name: str, within_s: float) -> list[TargetHealth]:
        """What was told of one lambda, or of all for "", no longer ago than that; by lambda, address and worker."""
