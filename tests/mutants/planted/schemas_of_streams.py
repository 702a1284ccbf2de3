"""Bugs in what is done with data of streams that name a schema."""

from typing import Final

from tests.mutants.mutant import Mutant

_TESTS: Final = "tests/layers/test_event_schemas.py"
_FILE: Final = "frontend/event_schemas.py"

SCHEMAS_OF_STREAMS: Final = (
    Mutant(
        "an-event-names-the-latest-schema-whatever-it-was-written-by",
        _FILE,
        "                raise\n            return _Settled(payload, writer.codec.content_type, writer.name)\n",
        "                raise\n            return _Settled(payload, writer.codec.content_type, declared.name)\n",
        (f"{_TESTS}::test_what_another_version_wrote_is_brought_to_the_latest_or_names_itself",),
    ),
    Mutant(
        "plain-data-are-taken-unseen",
        _FILE,
        "        declared.codec.check(data, field)\n",
        "",
        (f"{_TESTS}::test_plain_avro_and_protobuf_are_checked_and_kept",),
    ),
    Mutant(
        "a-publishers-own-word-of-its-schema-stays",
        _FILE,
        "        return {**extensions, DATA_SCHEMA: schema}\n",
        "        return {DATA_SCHEMA: schema, **extensions}\n",
        (f"{_TESTS}::test_what_comes_as_json_is_stored_in_the_schemas_form_and_names_it",),
    ),
    Mutant(
        "a-frontend-takes-events-before-it-knows-of-schemas",
        "flow/stream_schema_book.py",
        "self._subjects: dict[tuple[int, str], str] | None = None\n",
        "self._subjects: dict[tuple[int, str], str] | None = {}\n",
        (f"{_TESTS}::test_until_it_is_known_who_has_a_schema_nothing_is_taken",),
    ),
)
