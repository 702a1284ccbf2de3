"""Signatures: whose lambda could not run what waits for it is told so before it takes anything."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from penstock.frontend.lambda_book import LambdaBook
from penstock.model.errors import InvalidInput, NotPossible
from penstock.model.lane_count import LaneCount
from penstock.model.spoken import times
from penstock.ports.lane_counts import LaneCounts
from penstock.ports.registry import LambdaRecord, Registration, Registry
from penstock.ports.schema_format import Schema, SchemaFormat

REASONS_MAX: Final = 3
_REMEDY: Final = (
    "give new parameters defaults and keep the types of old ones, or let the version before run those tasks; "
    "`penstock worker --accept-signatures` starts this one all the same"
)


class SignatureDesk:
    """`schemas` reads what is kept of parameters: JSON Schemas. `lease_s`: see `LaneCounts.lanes`."""

    def __init__(
        self, book: LambdaBook, registry: Registry, counts: LaneCounts, schemas: SchemaFormat, lease_s: float
    ) -> None:
        self._book = book
        self._registry = registry
        self._counts = counts
        self._schemas = schemas
        self._lease_s = lease_s

    async def check(self, namespace: str, registrations: Sequence[Registration]) -> list[str]:
        """What may not be meant: parameters that changed so while nothing waits.

        Raises `NotPossible` when tasks wait that the version before took and this one does not, and `Unavailable`.
        """
        news = {each.name: each.signature for each in registrations if each.signature}
        namespace_id = await self._book.known_namespace_id(namespace)
        standing = await self._registry.find(namespace_id, sorted(news)) if news else {}
        warnings: list[str] = []
        for name, record in standing.items():
            reasons = self._reasons(news[name], record)
            if not reasons:
                continue
            waiting = await self._waiting(namespace_id, name)
            if waiting:
                raise NotPossible(f"{name}: {waiting} for it that this version cannot take: {reasons}; {_REMEDY}")
            warnings.append(f"{name}: what was scheduled for version {record.version!r} is refused now: {reasons}")
        return warnings

    def _reasons(self, signature: bytes, record: LambdaRecord) -> str:
        """Why payloads that the registration before took cannot be taken now; "": they can, or nobody can tell."""
        if not record.registered or not record.signature or record.signature == signature:
            return ""
        new, old = self._parameters(signature), self._parameters(record.signature)
        if new is None or old is None:
            return ""
        found = new.cannot_read(old)
        return "; ".join(found[:REASONS_MAX]) + ("; and more" if len(found) > REASONS_MAX else "")

    def _parameters(self, signature: bytes) -> Schema | None:
        """None: it says nothing of parameters that could be compared."""
        described: Any = msgspec.json.decode(signature)
        parameters = described.get("parameters") if isinstance(described, dict) else None
        if not isinstance(parameters, dict) or not parameters.keys() & {"$ref", "type"}:
            return None  # an event lambda, or types that have no schema
        try:
            return self._schemas.read(msgspec.json.encode(parameters).decode(), {})
        except InvalidInput:
            return None  # workers in other languages may say what they like

    async def _waiting(self, namespace_id: int, name: str) -> str:
        seen = await self._counts.lanes(namespace_id, name, "", 1, self._lease_s)
        live = sum([_live(lane) for lane in seen.lanes if lane.lambda_name == name])
        if not live:
            return ""
        return f"{times(live, 'task')} {'waits' if live == 1 else 'wait'}"


def _live(lane: LaneCount) -> int:
    return lane.waiting + lane.running + lane.later + lane.backing_off + sum(lane.held.values())
