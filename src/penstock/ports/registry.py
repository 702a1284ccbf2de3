"""Namespaces and lambdas: their numbers, registrations and policies."""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from penstock.model.lane import LambdaId
from penstock.model.policy import LambdaPolicy
from penstock.model.subscription import SubscriptionSpec


class Registration(Struct, frozen=True):
    """What a worker says of a lambda it serves."""

    name: str
    version: str
    policy: LambdaPolicy
    signature: bytes
    description: str = ""
    subscription: SubscriptionSpec | None = None
    """None: it takes tasks"""


class LambdaRecord(Struct, frozen=True):
    """A lambda as the store knows it. `registered` is False while only tasks have named it."""

    id: LambdaId
    namespace_id: int
    name: str
    registered: bool
    policy: LambdaPolicy
    version: str = ""
    signature: bytes = b""


class Registry(Protocol):
    """Small and cached by its callers."""

    async def namespace(self, name: str) -> int:
        """The number of a namespace; made when it is new."""

    async def find_namespace(self, name: str) -> int | None:
        """The number of a namespace; None when nobody has made it."""

    async def register(self, namespace_id: int, registrations: Sequence[Registration]) -> list[LambdaRecord]:
        """Keep registrations; the latest wins. In the order given."""

    async def resolve(self, namespace_id: int, names: Sequence[str]) -> dict[str, LambdaRecord]:
        """Records by name; names nobody knew get a number and an unregistered record."""

    async def find(self, namespace_id: int, names: Sequence[str]) -> dict[str, LambdaRecord]:
        """Records by name; names nobody knew are left out."""

    async def all(self) -> list[LambdaRecord]:
        """Every lambda of every namespace."""
