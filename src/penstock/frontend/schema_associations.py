"""Which subjects the resources of other systems use: clients ask for them before they register."""

from collections.abc import Sequence
from typing import Final

from msgspec import structs

from penstock.frontend.lambda_book import LambdaBook
from penstock.frontend.last_known import LastKnown
from penstock.frontend.schema_checks import check_subject
from penstock.model.errors import InvalidInput, LimitExceeded
from penstock.model.limits import ASSOCIATIONS_MAX, SCHEMA_SUBJECT_BYTES_MAX
from penstock.model.names import check_namespace, check_text
from penstock.model.schema import Association
from penstock.ports.schemas import Schemas

_KEPT: Final = 4_000
_LIFECYCLES: Final = ("STRONG", "WEAK")


class AssociationDesk:
    """Its methods raise `InvalidInput` and `Unavailable`."""

    def __init__(self, schemas: Schemas, names: LambdaBook) -> None:
        self._schemas, self._names = schemas, names
        self._known: LastKnown[tuple[str, str, str], list[Association]] = LastKnown(_KEPT)

    async def of(
        self, namespace: str, resource_namespace: str, name: str, resource_type: str = "", uses: Sequence[str] = ()
    ) -> Sequence[Association]:
        """Those of a resource; `resource_namespace` "-": whichever it is of. `uses`: such as key, value; none: all."""
        for field, text in (("resource_namespace", resource_namespace), ("resource_name", name)):
            _check_word(field, text)

        async def fetch() -> list[Association]:
            namespace_id = await self._names.known_namespace_id(namespace)
            return await self._schemas.associations(namespace_id, resource_namespace, name, ASSOCIATIONS_MAX)

        # By the namespace's name: that there are none is known of one that nobody has made, too.
        found = await self._known.ask((check_namespace(namespace), resource_namespace, name), fetch)
        return [
            each
            for each in found
            if resource_type in {"", each.resource_type} and (not uses or each.association_type in uses)
        ]

    def check(self, associations: Sequence[Association]) -> None:
        """Whether they could be kept."""
        if not 1 <= len(associations) <= ASSOCIATIONS_MAX:
            raise LimitExceeded("associations", f"are {len(associations)}; name 1 to {ASSOCIATIONS_MAX}")
        for each in associations:
            _check(each)

    async def keep(self, namespace: str, associations: Sequence[Association]) -> Sequence[Association]:
        """Durable when it returns; each in place of the one that was there."""
        self.check(associations)
        await self._schemas.associate(await self._names.namespace_id(namespace), associations)
        return associations

    async def forget(
        self, namespace: str, resource_id: str, resource_type: str = "", uses: Sequence[str] = ()
    ) -> Sequence[Association]:
        """They count no longer; those that were there."""
        _check_word("resource_id", resource_id)
        namespace_id = await self._names.known_namespace_id(namespace)
        return await self._schemas.dissociate(namespace_id, resource_id, resource_type, uses)


def _check(association: Association) -> None:
    for field in ("resource_id", "resource_type", "association_type", "resource_name", "resource_namespace"):
        _check_word(field, structs.asdict(association)[field])
    check_subject(association.subject)
    if association.lifecycle not in _LIFECYCLES:
        raise InvalidInput("lifecycle", f"{association.lifecycle[:40]!r} is none; use one of {', '.join(_LIFECYCLES)}")


def _check_word(field: str, text: str) -> None:
    check_text(field, text, SCHEMA_SUBJECT_BYTES_MAX)
    if not text or not text.isprintable():
        raise InvalidInput(field, f"{text[:80]!r} is no name; use 1 to {SCHEMA_SUBJECT_BYTES_MAX} bytes of text")
