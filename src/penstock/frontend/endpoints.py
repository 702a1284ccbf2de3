"""Endpoints: made, changed, looked at, removed; their secrets, and whether work is sent to them."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Struct, structs

from penstock.frontend.lambda_book import LambdaBook
from penstock.frontend.register import RegisterDesk
from penstock.model.endpoint import Endpoint, EndpointSpec, TargetHealth
from penstock.model.endpoint_rules import check_endpoint, lambda_timeout_s
from penstock.model.endpoint_secret import SECRET_BYTES, check_secret, secret_text
from penstock.model.endpoint_url import Network
from penstock.model.errors import InvalidInput, NotFound, Unavailable
from penstock.model.names import check_lambda_name, check_reason
from penstock.ports.endpoints import HEALTH_WITHIN_S, Endpoints
from penstock.ports.registry import Registration
from penstock.ports.signals import Signals, Topic

_LOOK_EVERY_S: Final = 30.0
BOTH_S_MAX: Final = 30 * 86_400.0
DISABLED: Final = "by an operator"


class EndpointSeen(Struct, frozen=True):
    """An endpoint and how its addresses stand."""

    endpoint: Endpoint
    health: Sequence[TargetHealth] = ()


class EndpointMade(Struct, frozen=True):
    """`secret`: shown this once; "" when it has one already."""

    endpoint: Endpoint
    secret: str
    warnings: Sequence[str] = ()

    def __repr__(self) -> str:
        """Never the secret."""
        return f"EndpointMade({self.endpoint!r})"


class EndpointDesk:
    """`allowed`: networks that may be called though they are not public. `random_bytes` gives what nobody can guess."""

    def __init__(
        self,
        endpoints: Endpoints,
        book: LambdaBook,
        register: RegisterDesk,
        signals: Signals,
        allowed: Sequence[Network],
        random_bytes: Callable[[int], bytes],
    ) -> None:
        self._endpoints = endpoints
        self._book = book
        self._register = register
        self._signals = signals
        self._allowed = allowed
        self._random_bytes = random_bytes

    async def put(self, namespace: str, lambda_name: str, spec: EndpointSpec, secret: str = "") -> EndpointMade:
        """Make the lambda an endpoint, or change the one that it is. Raises `InvalidInput`; then nothing is kept."""
        check_lambda_name(lambda_name)
        check_endpoint(spec, lambda_name, self._allowed)
        own_secret = check_secret(secret) if secret else self._random_bytes(SECRET_BYTES)
        registration = _registration(lambda_name, spec)
        done = await self._register.register(namespace, [registration])
        namespace_id = await self._book.namespace_id(namespace)
        record = (await self._book.resolve(namespace_id, [lambda_name]))[lambda_name]
        kept = await self._endpoints.keep(record.id, spec, own_secret)
        self._tell()
        shown = secret_text(own_secret) if kept.secrets[0] == own_secret else ""
        return EndpointMade(kept, shown, done.warnings)

    async def wait_until_any(self) -> None:
        """Until somebody has made an endpoint: then a push worker is wanted."""
        news = asyncio.Event()
        stop_listening = self._signals.listen(Topic.ENDPOINTS, lambda _: news.set())
        try:
            while True:
                news.clear()
                try:
                    if await self._endpoints.all():
                        return
                except Unavailable:
                    pass
                try:
                    async with asyncio.timeout(_LOOK_EVERY_S):
                        await news.wait()
                except TimeoutError:
                    pass
        finally:
            stop_listening()

    async def standing(self, namespace: str, lambda_name: str = "") -> list[EndpointSeen]:
        """One, or all for "", by name; raises `InvalidInput`, `NotFound` for one that is none, `Unavailable`."""
        if lambda_name:
            check_lambda_name(lambda_name)
        namespace_id = await self._book.known_namespace_id(namespace)
        endpoints = await self._endpoints.of_namespace(namespace_id, lambda_name)
        if lambda_name and not endpoints:
            raise _none(lambda_name)
        told = await self._endpoints.health(namespace_id, lambda_name, HEALTH_WITHIN_S) if endpoints else []
        return [EndpointSeen(each, [word for word in told if _is_of(word, each)]) for each in endpoints]

    async def remove(self, namespace: str, lambda_name: str) -> None:
        """It is an endpoint no longer, and subscribes to nothing; what waits for it waits. Raises `NotFound`."""
        endpoint = await self._one(namespace, lambda_name)
        if endpoint.spec.subscription is not None:
            await self._register.register(namespace, [_registration(lambda_name, _without_subscription(endpoint.spec))])
        await self._endpoints.remove(endpoint.lambda_id)
        self._tell()

    async def rotate(self, namespace: str, lambda_name: str, both_s: float, secret: str = "") -> EndpointMade:
        """Another secret; for `both_s` the current one signs too. Raises `InvalidInput`, `NotFound`."""
        if not 0 <= both_s <= BOTH_S_MAX:
            raise InvalidInput("both_s", f"{both_s:g} is outside of 0 to {BOTH_S_MAX:g}")
        own_secret = check_secret(secret) if secret else self._random_bytes(SECRET_BYTES)
        endpoint = await self._one(namespace, lambda_name)
        rotated = await self._endpoints.rotate(endpoint.lambda_id, own_secret, both_s)
        self._tell()
        return EndpointMade(_there(rotated, lambda_name), secret_text(own_secret))

    async def switch(self, namespace: str, lambda_name: str, enabled: bool, reason: str = "") -> Endpoint:
        """Send work to it, or none; raises `InvalidInput`, `NotFound`."""
        check_reason(reason)
        if enabled and reason:
            raise InvalidInput("reason", "is for an endpoint that is disabled; leave it out")
        endpoint = await self._one(namespace, lambda_name)
        if enabled:
            changed = await self._endpoints.enable(endpoint.lambda_id)
        else:
            changed = await self._endpoints.disable(endpoint.lambda_id, reason or DISABLED)
        self._tell()
        return _there(changed, lambda_name)

    async def _one(self, namespace: str, lambda_name: str) -> Endpoint:
        check_lambda_name(lambda_name)
        namespace_id = await self._book.known_namespace_id(namespace)
        found = await self._endpoints.of_namespace(namespace_id, lambda_name)
        return _there(found[0] if found else None, lambda_name)

    def _tell(self) -> None:
        self._signals.send(Topic.ENDPOINTS, b"")


def _registration(lambda_name: str, spec: EndpointSpec) -> Registration:
    policy = structs.replace(spec.policy, timeout_s=lambda_timeout_s(spec))
    return Registration(lambda_name, "", policy, b"", "an HTTP endpoint", spec.subscription)


def _without_subscription(spec: EndpointSpec) -> EndpointSpec:
    return structs.replace(spec, subscription=None)


def _is_of(word: TargetHealth, endpoint: Endpoint) -> bool:
    """Of an address that it has no longer, the last word is of no interest."""
    return word.lambda_id == endpoint.lambda_id and word.url in endpoint.spec.urls


def _there(endpoint: Endpoint | None, lambda_name: str) -> Endpoint:
    if endpoint is None:
        raise _none(lambda_name)
    return endpoint


def _none(lambda_name: str) -> NotFound:
    return NotFound(f"{lambda_name} is no endpoint in this namespace; `penstock endpoints list` shows those that are")
