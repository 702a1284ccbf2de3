"""Bugs in the schema languages: what is let in, what is lost, and what is called compatible."""

from typing import Final

from tests.mutants.mutant import Mutant

_HERE: Final = "tests/contracts/schemas"
_PAYLOADS: Final = f"{_HERE}/test_protobuf_payloads.py"
_LIMITS: Final = f"{_HERE}/test_schema_limits.py"
_AVRO: Final = f"{_HERE}/test_avro_agrees.py"
_VERDICT: Final = f"{_HERE}/test_compatibility.py::test_the_verdict_is_that_of_its_source"
_SCHEMAS: Final = "adapters/schemas"

SCHEMA_LANGUAGES: Final = (
    Mutant(
        "a-field-without-a-default-is-thought-to-be-readable",
        f"{_SCHEMAS}/avro_resolution.py",
        "            elif field.default is NO_DEFAULT:",
        "            elif field.default is None:",
        (f"{_AVRO}::test_the_verdict_is_that_of_the_avro_project",),
    ),
    Mutant(
        "an-open-content-model-is-thought-to-hold-nothing-but-its-names",
        f"{_SCHEMAS}/json_objects.py",
        """        mine = comparison.reader.at(reader, "properties", name)
        written = tuple(_of_name(comparison.writer, writer, name))
""",
        """        mine = comparison.reader.at(reader, "properties", name)
        written = tuple(_of_name(comparison.writer, writer, name)) or (mine,)
""",
        (f"{_VERDICT}[json: an optional property is added to an open content model]",),
    ),
    Mutant(
        "fields-that-were-set-together-may-share-a-oneof",
        f"{_SCHEMAS}/proto_compatibility.py",
        "        if len(owners) > 1:",
        "        if len(owners) > 2:",
        (f"{_VERDICT}[protobuf: two fields move into a oneof]",),
    ),
    Mutant(
        "patterns-may-look-back-and-take-for-ever",
        f"{_SCHEMAS}/json_engine.py",
        "jsonschema_rs.RegexOptions(size_limit=_PATTERN_BYTES_MAX, dfa_size_limit=_PATTERN_BYTES_MAX)",
        "jsonschema_rs.FancyRegexOptions()",
        (f"{_LIMITS}::test_a_pattern_that_looks_ahead_is_refused",),
    ),
    Mutant(
        "a-number-that-was-rounded-on-its-way-is-taken",
        f"{_SCHEMAS}/json_numbers.py",
        """        number = value
        _refuse_inexact(number)
    elif""",
        """        number = value
    elif""",
        (f"{_PAYLOADS}::test_an_integer_that_may_have_been_rounded_is_refused",),
    ),
    Mutant(
        "a-field-that-the-schema-does-not-know-is-kept",
        f"{_SCHEMAS}/proto_payload.py",
        "    if message.ByteSize() != size:",
        "    if message.ByteSize() > size:",
        (f"{_PAYLOADS}::test_a_closed_enum_does_not_hide_what_it_does_not_know",),
    ),
    Mutant(
        "bytes-may-follow-the-end-of-a-record",
        f"{_SCHEMAS}/avro.py",
        "        if end != len(data):",
        "        if end > len(data):",
        (f"{_AVRO}::test_what_is_taken_the_library_reads",),
    ),
    Mutant(
        "the-normal-text-moves-messages-to-other-places",
        f"{_SCHEMAS}/proto_text.py",
        "        for nested in message.nested_type:\n            if nested.name in later",
        "        for nested in sorted(message.nested_type, key=str):\n            if nested.name in later",
        (f"{_PAYLOADS}::test_places_survive_the_normal_text",),
    ),
)
