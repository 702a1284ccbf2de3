"""`penstock schema`: register schemas under subjects, look at them, and say how they follow one another."""

import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from penstock.cli.exits import FAILED
from penstock.cli.flags import Address, AsJson, Namespace
from penstock.cli.output import print_json
from penstock.cli.schema_client import SchemaClient
from penstock.cli.schema_rows import print_subjects, print_version, ranges, subject_json, version_json
from penstock.model.errors import InvalidInput
from penstock.model.limits import SCHEMA_BYTES_MAX
from penstock.model.schema import Compatibility, SchemaType
from penstock.wire.v1 import schemas_pb2 as pb

verb = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Register schemas, and say how versions follow one another."
)

Subject = Annotated[str, typer.Argument(metavar="SUBJECT", help="Such as orders-value.")]
File = Annotated[str, typer.Argument(metavar="FILE", help="With the schema; - for standard input.")]
OfType = Annotated[str, typer.Option("--type", help="avro, json or protobuf; else by the file's name.")]
Refers = Annotated[
    list[str] | None,
    typer.Option(
        "--reference", metavar="NAME=SUBJECT:VERSION", help="What it calls another schema.", show_default=False
    ),
]
Metadata = Annotated[str, typer.Option(metavar="JSON", help="An object that is kept beside it.")]
Version = Annotated[str, typer.Option(metavar="NUMBER|latest", help="This version only.")]

_TYPES: Final = {".avsc": SchemaType.AVRO, ".json": SchemaType.JSON, ".proto": SchemaType.PROTOBUF}
_LATEST: Final = -1
_DEFAULT: Final = "default"


@verb.command()
def register(
    subject: Subject,
    file: File,
    of_type: OfType = "",
    reference: Refers = None,
    metadata: Metadata = "",
    normalize: Annotated[bool, typer.Option(help="Keep its normal text in its place.")] = False,
    as_json: AsJson = False,
    address: Address = None,
    namespace: Namespace = None,
) -> None:
    """Register a schema. What stands already is answered with its version."""
    schema = _schema(subject, file, of_type, reference)
    schema.metadata, schema.normalize = metadata, normalize
    with SchemaClient(address, namespace) as client:
        made = client.register(schema)
    if as_json:
        print_json(version_json(made))
    else:
        print(f"{made.subject}: version {made.version}, id {made.id}")


@verb.command()
def check(
    subject: Subject,
    file: File,
    of_type: OfType = "",
    reference: Refers = None,
    version: Version = "",
    as_json: AsJson = False,
    address: Address = None,
    namespace: Namespace = None,
) -> None:
    """Ask whether a schema could follow what stands; exit code 1 when it could not. Nothing is changed."""
    schema = _schema(subject, file, of_type, reference)
    number = _number(version) if version else 0
    with SchemaClient(address, namespace) as client:
        verdict = client.check(schema, number)
    if as_json:
        print_json(
            {
                "compatible": verdict.is_compatible,
                "compatibility": verdict.compatibility,
                "reasons": list(verdict.reasons),
            }
        )
    else:
        print(f"{'compatible' if verdict.is_compatible else 'incompatible'} ({verdict.compatibility})")
        for reason in verdict.reasons:
            print(f"  {reason}")
    if not verdict.is_compatible:
        raise typer.Exit(FAILED)


@verb.command("list")
def list_subjects(
    prefix: Annotated[str, typer.Argument(metavar="[PREFIX]", help="Names that begin so.", show_default=False)] = "",
    deleted: Annotated[bool, typer.Option("--deleted", help="Show what was deleted softly, too.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, by name.")] = 100,
    as_json: AsJson = False,
    address: Address = None,
    namespace: Namespace = None,
) -> None:
    """List subjects by name, with their versions and what counts for them."""
    with SchemaClient(address, namespace) as client:
        subjects = list(client.subjects(prefix, deleted, limit))
    if as_json:
        print_json([subject_json(each) for each in subjects])
    elif subjects:
        print_subjects(subjects)
        if len(subjects) == limit:
            print(f"the first {limit}; --limit shows more", file=sys.stderr)
    else:
        print("no subjects; the first schema that is registered makes one", file=sys.stderr)


@verb.command()
def show(
    subject: Annotated[str, typer.Argument(metavar="SUBJECT|ID", help="A subject, or the id of a schema.")],
    version: Version = "latest",
    as_json: AsJson = False,
    address: Address = None,
    namespace: Namespace = None,
) -> None:
    """Show a version of a subject, or the schema with an id."""
    if subject.isascii() and subject.isdigit():
        request = pb.GetSchemaRequest(id=_id(subject))
    else:
        request = pb.GetSchemaRequest(subject=subject, version=_number(version), with_deleted=True)
    with SchemaClient(address, namespace) as client:
        found = client.schema(request)
    if as_json:
        print_json(version_json(found))
    else:
        print_version(found)


@verb.command()
def delete(
    subject: Subject,
    version: Version = "",
    permanent: Annotated[bool, typer.Option("--permanent", help="For good what was deleted softly before.")] = False,
    as_json: AsJson = False,
    address: Address = None,
    namespace: Namespace = None,
) -> None:
    """Delete one version, or all, softly: they can still be read, and be deleted for good."""
    number = _number(version) if version else 0
    with SchemaClient(address, namespace) as client:
        versions = client.delete(subject, number, permanent)
    if as_json:
        print_json({"subject": subject, "versions": versions, "permanent": permanent})
    else:
        how = "for good" if permanent else "softly; --permanent deletes what was"
        print(f"{subject}: deleted {ranges(versions)} {how}")


@verb.command()
def compatibility(
    level: Annotated[
        str, typer.Argument(metavar="[LEVEL]", help="Such as full_transitive, or default.", show_default=False)
    ] = "",
    subject: Annotated[str, typer.Option("--subject", help="Of this subject; else of all without a level.")] = "",
    as_json: AsJson = False,
    address: Address = None,
    namespace: Namespace = None,
) -> None:
    """Show how versions must follow one another, or set it."""
    with SchemaClient(address, namespace) as client:
        rules = client.say(subject, _level(level)) if level else client.rules(subject)
    own = rules.own_compatibility
    if as_json:
        print_json({"subject": subject or None, "compatibility": rules.compatibility, "own": own or None})
    else:
        print(rules.compatibility + ("" if own or not subject else ", as for all without a level of their own"))


def _schema(subject: str, file: str, of_type: str, references: list[str] | None) -> pb.RegisterSchemaRequest:
    known = of_type or _TYPES.get(Path(file).suffix.lower(), "")
    if not known:
        raise InvalidInput("--type", f"{file!r} does not tell its language; say avro, json or protobuf")
    if known.upper() not in set(SchemaType):
        raise InvalidInput("--type", f"{known!r} is none; use avro, json or protobuf")
    return pb.RegisterSchemaRequest(
        subject=subject,
        schema_type=known.upper(),
        schema=_text(file),
        references=[_reference(each) for each in references or ()],
    )


def _text(file: str) -> str:
    source = sys.stdin.buffer if file == "-" else Path(file).open("rb")  # noqa: SIM115 - closed below
    with source:
        data = source.read(SCHEMA_BYTES_MAX + 1)
    if len(data) > SCHEMA_BYTES_MAX:
        raise InvalidInput("FILE", f"has more than {SCHEMA_BYTES_MAX} bytes, which is the limit of a schema")
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise InvalidInput("FILE", "is no text in UTF-8") from None


def _reference(text: str) -> pb.SchemaReference:
    name, equals, place = text.partition("=")
    subject, colon, version = place.rpartition(":")
    if not (equals and colon and name and subject):
        raise InvalidInput("--reference", f"{text!r} is not NAME=SUBJECT:VERSION, such as order.json=orders-value:3")
    return pb.SchemaReference(name=name, subject=subject, version=_number(version, "--reference"))


def _number(text: str, flag: str = "--version") -> int:
    if text.lower() == "latest":
        return _LATEST
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text)):
        raise InvalidInput(flag, f"{text!r} is no version; use a number from 1 on, or latest")
    return int(text)


def _id(text: str) -> int:
    if len(text) >= 10 or not int(text):
        raise InvalidInput("SUBJECT|ID", f"{text!r} is no id of a schema")
    return int(text)


def _level(text: str) -> str:
    if text.lower() == _DEFAULT:
        return ""
    if text.upper() not in set(Compatibility):
        known = ", ".join(each.lower() for each in Compatibility)
        raise InvalidInput("LEVEL", f"{text!r} is none; use one of {known}, or {_DEFAULT}")
    return text.upper()
