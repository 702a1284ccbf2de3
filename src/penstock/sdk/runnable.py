"""A lambda as an executor runs it: payload in, result out."""

from collections.abc import Callable
from typing import Any, Final, Protocol

import msgspec
from msgspec import Struct

from penstock.model.limits import SIGNATURE_BYTES_MAX
from penstock.model.policy import LambdaPolicy
from penstock.model.subscription import SubscriptionSpec
from penstock.sdk.binding import Arguments, Unbinding
from penstock.sdk.lambdas import AsyncLambda, Lambda
from penstock.sdk.results import result_encoder
from penstock.sdk.running import CONNECTION
from penstock.sdk.signature_schema import signature_schema


class Runs(Protocol):
    """What an executor needs of a lambda, a task's or one of events."""

    @property
    def name(self) -> str: ...
    @property
    def stream(self) -> str:
        """Whose events it takes; "": it takes tasks."""

    @property
    def is_async(self) -> bool: ...
    @property
    def timeout_s(self) -> float: ...
    @property
    def cancel_grace_s(self) -> float | None: ...
    @property
    def decode(self) -> Callable[[Any], Any]: ...
    def call(self, arguments: Any, /) -> Any: ...
    @property
    def encode(self) -> Callable[[Any], bytes]: ...


class RunnableLambda:
    """Raises `TypeError` at construction for annotations that cannot be resolved or read from JSON."""

    def __init__(self, made: Lambda[..., Any]) -> None:
        self.name: Final = made.name
        self.stream: Final = ""
        self.is_async: Final = isinstance(made, AsyncLambda)
        self.timeout_s: Final = made.policy.timeout_s
        self.cancel_grace_s: Final = made.cancel_grace_s
        self._function = made.function
        self._connection = made.connection
        self._unbinding = Unbinding(made.function, made.name, made.binding.signature)
        self.decode: Final = self._unbinding.decode
        """The arguments in a payload; raises `Undecodable` saying which is wrong."""
        self.encode: Final = result_encoder(made.name, made.returns_type)
        """The result as JSON; raises `UnfitResult`, or what the value's own types raise."""

    def call(self, arguments: Arguments) -> Any:
        """Run the function; a coroutine if `is_async`."""
        by_position, by_keyword = arguments
        CONNECTION.set(self._connection)
        return self._function(*by_position, **by_keyword)

    @property
    def shape(self) -> type[Struct]:
        """The parameters as a struct."""
        return self._unbinding.shape


class Registration(Struct, frozen=True):
    """What a worker tells the platform of a lambda."""

    name: str
    version: str
    policy: LambdaPolicy
    signature: bytes
    """JSON: {"parameters": JSON Schema, "returns": JSON Schema}, or of an event lambda {"data": JSON Schema}"""
    description: str
    subscription: SubscriptionSpec | None = None


def register(made: Lambda[..., Any], version: str) -> Registration:
    """The registration of a lambda; raises `TypeError` as `RunnableLambda` does."""
    return Registration(
        name=made.name,
        version=version,
        policy=made.policy,
        signature=_signature(made),
        description=first_line(made.__doc__),
    )


def first_line(documentation: str | None) -> str:
    """What a docstring says first; "" for none."""
    stripped = (documentation or "").strip()
    return stripped.splitlines()[0] if stripped else ""


def _signature(made: Lambda[..., Any]) -> bytes:
    shape = RunnableLambda(made).shape
    described = msgspec.json.encode(signature_schema(shape, made.returns_type))
    if len(described) <= SIGNATURE_BYTES_MAX:
        return described
    return msgspec.json.encode({"parameters": {"properties": {name: {} for name in shape.__struct_fields__}}})
