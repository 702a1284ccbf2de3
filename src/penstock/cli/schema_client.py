"""The schema registry as the command line asks for it."""

from collections.abc import Iterator
from typing import cast

from penstock.cli.client import Client
from penstock.model.limits import LIST_PAGE_MAX
from penstock.wire.v1 import schemas_pb2 as pb


class SchemaClient(Client):
    """Every method raises `PenstockError`s only."""

    def register(self, schema: pb.RegisterSchemaRequest) -> pb.SchemaVersion:
        """The version that has it, a new one if none does."""
        schema.namespace = self._namespace
        return cast("pb.SchemaVersion", self._call("RegisterSchema", schema))

    def check(self, schema: pb.RegisterSchemaRequest, version: int) -> pb.CheckSchemaReply:
        """Whether it could follow."""
        request = pb.CheckSchemaRequest(namespace=self._namespace, schema=schema, version=version)
        return cast("pb.CheckSchemaReply", self._call("CheckSchema", request))

    def schema(self, request: pb.GetSchemaRequest) -> pb.SchemaVersion:
        """One, by its id or as a version."""
        request.namespace = self._namespace
        return cast("pb.SchemaVersion", self._call("GetSchema", request))

    def subjects(self, prefix: str, with_deleted: bool, limit: int) -> Iterator[pb.SchemaSubject]:
        """Up to `limit` by name, page by page."""
        request = pb.ListSchemasRequest(namespace=self._namespace, prefix=prefix, with_deleted=with_deleted)
        while limit > 0:
            request.limit = min(limit, LIST_PAGE_MAX)
            page = cast("pb.ListSchemasReply", self._call("ListSchemas", request))
            yield from page.subjects
            limit -= len(page.subjects)
            request.offset += len(page.subjects)
            if not page.more:
                return

    def delete(self, subject: str, version: int, permanent: bool) -> list[int]:
        """The versions that were deleted."""
        request = pb.DeleteSchemaRequest(
            namespace=self._namespace, subject=subject, version=version, permanent=permanent
        )
        return list(self._call("DeleteSchema", request).versions)

    def rules(self, subject: str) -> pb.SchemaRules:
        """What counts for a subject."""
        request = pb.GetSchemaRulesRequest(namespace=self._namespace, subject=subject)
        return cast("pb.SchemaRules", self._call("GetSchemaRules", request))

    def say(self, subject: str, compatibility: str) -> pb.SchemaRules:
        """What counts from now on."""
        request = pb.SetSchemaRulesRequest(namespace=self._namespace, subject=subject, compatibility=compatibility)
        return cast("pb.SchemaRules", self._call("SetSchemaRules", request))
