"""Bugs in the registry: numbers given twice, versions that cannot follow, and what is forgotten or told to others."""

from typing import Final

from tests.mutants.mutant import Mutant

_POSTGRES: Final = "tests/contracts/test_postgres_contract.py::test_contract"
_MEMORY: Final = "tests/contracts/test_memory_store.py::test_the_memory_store_keeps_the_contract"
_DESK: Final = "tests/layers/test_frontend_schemas.py"
_REST: Final = "tests/layers/test_registry_rest.py"

SCHEMAS: Final = (
    Mutant(
        "who-registers-does-not-wait-for-others",
        "adapters/postgres/sql/schema_lock.sql",
        "select last_id from penstock.schema_counter for update",
        "select last_id from penstock.schema_counter",
        (f"{_POSTGRES}[who_registers_others_at_the_same_moment_gets_one_version_each]",),
    ),
    Mutant(
        "a-version-is-stored-by-what-others-have-changed",
        "adapters/memory/schemas.py",
        "        if subject.edition != seen:\n            return None\n",
        "",
        (f"{_MEMORY}[who_judged_by_what_has_changed_is_told_so]",),
    ),
    Mutant(
        "the-number-of-a-deleted-version-is-given-again",
        "model/schema_changes.py",
        "    return subject.last_version + 1",
        "    return len(subject.versions) + 1",
        (f"{_MEMORY}[a_schema_goes_for_good_with_its_last_version]",),
    ),
    Mutant(
        "a-schema-goes-while-it-stands-elsewhere",
        "adapters/postgres/sql/schema_delete_for_good.sql",
        "                and (other.subject <> $2 or other.version <> all($3::int[]))\n",
        "                and false\n",
        (f"{_POSTGRES}[a_schema_goes_for_good_with_its_last_version]",),
    ),
    Mutant(
        "what-others-refer-to-can-be-deleted",
        "adapters/postgres/sql/schema_referring.sql",
        "and ($4 or version.deleted_at is null)",
        "and $4",
        (f"{_POSTGRES}[what_others_refer_to_stays]",),
    ),
    Mutant(
        "a-schema-is-read-by-its-id-in-any-namespace",
        "adapters/postgres/sql/schema_by_id.sql",
        "where content.id = $2 and content.namespace_id = $1",
        "where content.id = $2 and $1::int is not null",
        (f"{_POSTGRES}[nothing_of_one_namespace_is_seen_in_another]",),
    ),
    Mutant(
        "only-the-latest-is-compared-at-any-level",
        "frontend/schemas.py",
        "    return subject.live if level.is_transitive else subject.live[-1:]",
        "    return subject.live[-1:]",
        (f"{_DESK}::test_each_level_compares_in_its_own_way[BACKWARD_TRANSITIVE]",),
    ),
    Mutant(
        "forward-looks-backward",
        "model/schema.py",
        'return self.startswith(("FORWARD", "FULL"))',
        'return self.startswith("FULL")',
        (f"{_DESK}::test_each_level_compares_in_its_own_way[FORWARD]",),
    ),
    Mutant(
        "what-is-known-is-forgotten-while-the-store-is-away",
        "frontend/last_known.py",
        "            if key not in self._kept:\n                raise\n",
        "            raise\n",
        (f"{_REST}::test_known_schemas_are_answered_while_the_store_is_away",),
    ),
    Mutant(
        "a-slash-in-a-name-is-a-step-in-the-path",
        "server/http/registry/app.py",
        '    raw: bytes = scope.get("raw_path") or scope["path"].encode()\n',
        '    raw: bytes = scope["path"].encode()\n',
        (f"{_REST}::test_names_are_decoded_one_by_one",),
    ),
    Mutant(
        "whoever-asks-for-associations-is-told-that-there-is-nothing-of-the-kind",
        "server/http/registry/table.py",
        '("GET", "associations/resources/{resource_namespace}/{resource}", READ, associations.of)',
        '("PUT", "associations/resources/{resource_namespace}/{resource}", READ, associations.of)',
        (f"{_REST}::test_producers_are_answered_about_associations_that_nobody_made",),
    ),
    Mutant(
        "a-token-acts-for-the-default-namespace",
        "server/http/registry/entrance.py",
        "        return caller.namespaces[0]\n",
        "        return DEFAULT_NAMESPACE\n",
        (f"{_REST}::test_a_caller_acts_for_its_only_namespace_or_the_default_one",),
    ),
)
