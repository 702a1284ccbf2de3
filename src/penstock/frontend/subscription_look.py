"""Subscriptions as people name them."""

from penstock.frontend.lambda_book import LambdaBook
from penstock.model.errors import NotFound
from penstock.model.event_rules import check_stream
from penstock.model.names import check_lambda_name
from penstock.model.subscription import Subscription
from penstock.ports.subscriptions import Subscriptions


class SubscriptionLook:
    """Asks the store each time: people ask rarely. Raises `InvalidInput`, `NotFound`, `Unavailable`."""

    def __init__(self, subscriptions: Subscriptions, names: LambdaBook) -> None:
        self._subscriptions = subscriptions
        self._names = names

    async def all(self, namespace: str) -> list[Subscription]:
        """Of a namespace, by name."""
        namespace_id = await self._names.known_namespace_id(namespace)
        found = [each for each in await self._subscriptions.all() if each.namespace_id == namespace_id]
        return sorted(found, key=lambda each: each.lambda_name)

    async def one(self, namespace: str, name: str) -> Subscription:
        """That of a lambda."""
        check_lambda_name(name, "subscription")
        for each in await self.all(namespace):
            if each.lambda_name == name:
                return each
        raise NotFound(f"no subscription of {name!r} in this namespace: no worker has said that it takes events")

    async def of_stream(self, namespace: str, stream: str) -> list[Subscription]:
        """All of a stream, at least one."""
        check_stream(stream)
        found = [each for each in await self.all(namespace) if each.spec.stream == stream]
        if not found:
            raise NotFound(f"nobody subscribes to a stream {stream!r} in this namespace; there is nothing to compare")
        return found
