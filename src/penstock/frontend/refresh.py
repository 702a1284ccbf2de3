"""What people ask of refresh: how far it has come, what it found, and a pass now."""

import logging

from penstock.frontend.cursor_calls import RefreshShown
from penstock.frontend.subscription_look import SubscriptionLook
from penstock.model.errors import InvalidInput, LimitExceeded
from penstock.model.limits import LIST_PAGE_MAX
from penstock.model.names import check_actor
from penstock.model.refresh import RefreshLoop
from penstock.ports.refreshes import Refreshes

audit = logging.getLogger("penstock.audit")


class RefreshDesk:
    """Its methods raise `InvalidInput`, `NotFound` for a stream without subscriptions, and `Unavailable`."""

    def __init__(self, look: SubscriptionLook, refreshes: Refreshes) -> None:
        self._look = look
        self._refreshes = refreshes

    async def show(self, namespace: str, stream: str = "", findings: int = 0) -> RefreshShown:
        """The loops of one stream, or of all that somebody subscribes to; of one also what stands still."""
        if not 0 <= findings <= LIST_PAGE_MAX:
            raise LimitExceeded("findings", f"{findings} is outside of 0 to {LIST_PAGE_MAX}")
        if findings and not stream:
            raise InvalidInput("findings", "are those of a stream; name it")
        found = await (self._look.of_stream(namespace, stream) if stream else self._look.all(namespace))
        names = {each.stream_id: each.spec.stream for each in found}
        states = await self._refreshes.standing(list(names))
        standing = await self._refreshes.findings(found[0].stream_id, findings) if findings else []
        return RefreshShown([(names[state.stream_id], state) for state in states], standing)

    async def begin(self, namespace: str, stream: str, asked_by: str) -> RefreshShown:
        """Have every subject of a stream compared now."""
        check_actor(asked_by)
        found = await self._look.of_stream(namespace, stream)
        state = await self._refreshes.ask(found[0].stream_id, RefreshLoop.FULL, asked_by)
        audit.info("%s has the stream %r of %r refreshed", asked_by, stream, namespace)
        return RefreshShown([(stream, state)])
