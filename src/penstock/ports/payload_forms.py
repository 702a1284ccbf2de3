"""Events whose data stand in the form of a schema, for readers that ask for another."""

from collections.abc import Sequence
from typing import Protocol

from penstock.model.event import StoredEvent


class PayloadForms(Protocol):
    """Knows the schemas that events name."""

    async def as_json(self, namespace_id: int, events: Sequence[StoredEvent]) -> Sequence[StoredEvent]:
        """The same events, with data in JSON where they name a schema by which they can be read; others as they are.

        Raises `Unavailable`.
        """


class AsStored:
    """Knows none."""

    async def as_json(self, _namespace_id: int, events: Sequence[StoredEvent]) -> Sequence[StoredEvent]:
        """As they are."""
        return events
