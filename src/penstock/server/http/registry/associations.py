"""Associations, over REST: clients ask for them before anything else."""

from typing import Any, Final

from msgspec import Struct

from penstock.compose.schemas import SchemaDesks
from penstock.frontend.schema_calls import Registered
from penstock.frontend.schema_checks import cut
from penstock.model.errors import InvalidInput
from penstock.model.schema import Association
from penstock.server.http.registry.answers import association_answer
from penstock.server.http.registry.asked import Asked, SchemaBody, schema_call

_USE: Final = "value"
_KIND: Final = "topic"


class AssociationBody(Struct, frozen=True, rename="camel"):
    """One of them. `schema`: registered under the subject first."""

    subject: str | None = None
    association_type: str | None = None
    lifecycle: str | None = None
    frozen: bool | None = None
    schema: SchemaBody | None = None
    normalize: bool | None = None


class ResourceBody(Struct, frozen=True, rename="camel"):
    """A resource with its associations."""

    resource_name: str
    resource_namespace: str
    resource_id: str
    associations: tuple[AssociationBody, ...]
    resource_type: str | None = None


class AssociationRoutes:
    """Each method answers one route."""

    def __init__(self, desks: SchemaDesks) -> None:
        self._desks = desks

    async def of(self, asked: Asked) -> Any:
        """Those of a resource."""
        found = await self._desks.associations.of(
            asked.namespace,
            asked.place["resource_namespace"],
            asked.place["resource"],
            asked.text("resourceType"),
            asked.query.get("associationType", ()),
        )
        return cut([association_answer(each) for each in found], asked.page)

    async def create(self, asked: Asked) -> Any:
        """Keep them."""
        body = asked.decoded(ResourceBody)
        wanted = [_association(body, each) for each in body.associations]
        self._desks.associations.check(wanted)
        schemas = [await self._registered(asked.namespace, each) for each in body.associations]
        kept = await self._desks.associations.keep(asked.namespace, wanted)
        return {
            "resourceName": body.resource_name,
            "resourceNamespace": body.resource_namespace,
            "resourceId": body.resource_id,
            "resourceType": body.resource_type or _KIND,
            "associations": [
                {
                    "subject": each.subject,
                    "associationType": each.association_type,
                    "lifecycle": each.lifecycle,
                    "frozen": each.is_frozen,
                    **({"schema": _schema(schema)} if schema else {}),
                }
                for each, schema in zip(kept, schemas, strict=True)
            ],
        }

    async def delete(self, asked: Asked) -> None:
        """They count no longer."""
        if asked.flag("cascadeLifecycle"):
            raise InvalidInput("query", "has cascadeLifecycle, which this registry does not offer; delete subjects too")
        await self._desks.associations.forget(
            asked.namespace,
            asked.place["resource"],
            asked.text("resourceType"),
            asked.query.get("associationType", ()),
        )

    async def _registered(self, namespace: str, association: AssociationBody) -> Registered | None:
        if association.schema is None:
            return None
        call = schema_call(association.schema, namespace, association.subject or "", bool(association.normalize))
        return await self._desks.schemas.register(call)


def _association(resource: ResourceBody, body: AssociationBody) -> Association:
    return Association(
        resource.resource_id,
        resource.resource_type or _KIND,
        body.association_type or _USE,
        resource.resource_name,
        resource.resource_namespace,
        body.subject or "",
        body.lifecycle or "STRONG",
        bool(body.frozen),
    )


def _schema(registered: Registered) -> Any:
    content = registered.schema.content
    return {"schema": content.text, "schemaType": content.type.value}
