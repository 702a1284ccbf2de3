"""Names at the door: what they may hold, to the character."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from penstock.model.errors import InvalidInput, LimitExceeded
from penstock.model.names import (
    check_collection,
    check_description,
    check_key,
    check_lambda_name,
    check_name,
    check_namespace,
    check_version,
)

if TYPE_CHECKING:
    from collections.abc import Callable

GOOD = ["a", "0", "_", "-", "mail", "send_email", "a-b_c-9", "x" * 64]
BAD = [
    "",
    "x" * 65,
    "x" * 1_000_000,
    "Mail",
    "mäil",
    "ma\u0131l",  # a dotless i
    "m\u0430il",  # a Cyrillic a
    "mai\u0301l",  # a combining accent
    "ma\uff49l",  # a full-width i
    "mail\u200b",  # a space that nobody sees
    "mail\x00",
    "mail\n",
    "\nmail",
    "mail ",
    " mail",
    "mail.send",
    "mail*",
    "mail>",
    "mail/../x",
    "..",
    "mail$",
    "mail'",
    "mail;",
    "٣",  # a digit, but not one of ours
    "\ud800",
]


@pytest.mark.parametrize("name", GOOD)
def test_a_name_is_taken_as_it_is(name: str) -> None:
    assert check_name("app", name) == name


@pytest.mark.parametrize("name", BAD, ids=lambda name: ascii(name[:20]))
def test_anything_else_is_refused_with_its_field_and_briefly(name: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_name("app", name)
    assert refusal.value.field == "app"
    assert len(str(refusal.value)) < 500


@pytest.mark.parametrize("name", ["mail.send", "a.b", f"{'x' * 64}.{'y' * 64}"])
def test_a_lambdas_name_is_an_app_a_dot_and_a_name(name: str) -> None:
    assert check_lambda_name(name) == name


@pytest.mark.parametrize(
    "name", ["mail", ".", "mail.", ".send", "mail.send.now", "mail..send", "Mail.send", "mail.Send", "mail .send"]
)
def test_other_lambda_names_are_refused(name: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_lambda_name(name, "lambda")
    assert refusal.value.field == "lambda"


@pytest.mark.parametrize("half", BAD, ids=lambda name: ascii(name[:20]))
def test_a_lambdas_name_is_bad_where_either_half_is(half: str) -> None:
    for name in (f"{half}.send", f"mail.{half}"):
        with pytest.raises(InvalidInput):
            check_lambda_name(name)


def test_the_empty_namespace_is_the_default_one() -> None:
    assert check_namespace("") == "default"
    assert check_namespace("blue") == "blue"
    with pytest.raises(InvalidInput, match=r"^namespace: "):
        check_namespace("Blue")


TEXTS: list[tuple[Callable[[str], str], str, int]] = [
    (check_collection, "collection", 256),
    (check_key, "key", 1024),
    (check_version, "version", 256),
    (check_description, "description", 8192),
]
TEXT_IDS = [field for _, field, _ in TEXTS]


@pytest.mark.parametrize(("check", "field", "bytes_max"), TEXTS, ids=TEXT_IDS)
def test_texts_are_limited_by_their_bytes(check: Callable[[str], str], field: str, bytes_max: int) -> None:
    for fine in ("", "x" * bytes_max, "ä" * (bytes_max // 2), "𝄞" * (bytes_max // 4), "'; drop table --", "%s\\"):
        assert check(fine) == fine
    for long in ("x" * (bytes_max + 1), "ä" * (bytes_max // 2) + "x", "𝄞" * (bytes_max // 4 + 1)):
        with pytest.raises(LimitExceeded, match=rf"^{field}: has {len(long.encode())} bytes; the limit is {bytes_max}"):
            check(long)


@pytest.mark.parametrize(("check", "field", "bytes_max"), TEXTS, ids=TEXT_IDS)
@pytest.mark.parametrize("text", ["\x00", "a\x00b", "\ud800", "a\udfffb"], ids=ascii)
def test_what_no_store_can_keep_is_refused(check: Callable[[str], str], field: str, bytes_max: int, text: str) -> None:
    assert len(text) < bytes_max
    with pytest.raises(InvalidInput) as refusal:
        check(text)
    assert refusal.value.field == field
    assert not isinstance(refusal.value, LimitExceeded)


@pytest.mark.parametrize(("check", "field", "bytes_max"), TEXTS, ids=TEXT_IDS)
def test_unicode_twins_stay_two(check: Callable[[str], str], field: str, bytes_max: int) -> None:
    """Opaque: nothing is folded or normalised."""
    assert check("é") != check("e\u0301"), (field, bytes_max)
