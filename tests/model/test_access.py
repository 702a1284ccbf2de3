"""Who may use which namespaces, and what a token is."""

from __future__ import annotations

import hashlib

import pytest
from msgspec import structs

from penstock.model.access import ANYBODY, Caller, Role, check_namespaces, covers, role_of
from penstock.model.access_token import AccessToken, KeptToken, check_expiry, presented, token_text
from penstock.model.errors import InvalidInput, LimitExceeded, NotAuthenticated
from penstock.model.limits import TOKEN_EXPIRY_S_MAX, TOKEN_NAMESPACES_MAX

ID, SECRET = bytes(range(8)), bytes(range(32))
TEXT = token_text(ID, SECRET)
TOKEN = AccessToken("0001020304050607", "ci", "producer", ("blue",), created_at_us=5, created_by="ada")
KEPT = KeptToken(TOKEN, hashlib.sha256(SECRET).digest(), read_at_us=10)


def test_a_token_says_its_id_and_proves_its_secret() -> None:
    assert f"penstock_0001020304050607_{SECRET.hex()}" == TEXT
    shown = presented(TEXT)
    assert shown.id == TOKEN.id
    assert shown.secret_hash == KEPT.secret_hash
    shown.check(KEPT)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "penstock",
        TEXT[:-1],
        TEXT + "0",
        TEXT + "\n",
        TEXT.upper(),
        TEXT.replace("_", "-"),
        TEXT.replace("0a", "0g"),
        TEXT[:-1] + "\u0661",
        "Bearer " + TEXT,
        "eyJhbGciOiJub25lIn0.e30.",
    ],
)
def test_what_is_no_token_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(NotAuthenticated) as refused:
        presented(text)
    assert SECRET.hex()[:8] not in str(refused.value)
    assert "eyJ" not in str(refused.value)


@pytest.mark.parametrize("at", range(64))
def test_every_digit_of_the_secret_counts(at: int) -> None:
    digits = list(SECRET.hex())
    digits[at] = "f" if digits[at] != "f" else "e"
    with pytest.raises(NotAuthenticated, match="not known"):
        presented(f"penstock_{TOKEN.id}_{''.join(digits)}").check(KEPT)


def test_a_token_nobody_made_is_not_known() -> None:
    with pytest.raises(NotAuthenticated, match="not known"):
        presented(TEXT).check(None)


@pytest.mark.parametrize(
    ("expires_at_us", "revoked_at_us", "good_for_us"),
    [(0, 0, None), (11, 0, 1), (10, 0, 0), (9, 0, 0), (0, 7, 0), (11, 7, 0)],
)
def test_how_long_a_token_is_good(expires_at_us: int, revoked_at_us: int, good_for_us: int | None) -> None:
    token = structs.replace(TOKEN, expires_at_us=expires_at_us, revoked_at_us=revoked_at_us)
    kept = structs.replace(KEPT, token=token)
    assert kept.good_for_us == good_for_us
    if good_for_us == 0:
        with pytest.raises(NotAuthenticated, match=r"ci \(0001020304050607\) (was revoked|has expired)") as refused:
            presented(TEXT).check(kept)
        assert SECRET.hex() not in str(refused.value)
    else:
        presented(TEXT).check(kept)


def test_who_has_not_the_secret_is_not_told_that_a_token_was_revoked() -> None:
    kept = structs.replace(KEPT, token=structs.replace(TOKEN, revoked_at_us=7))
    with pytest.raises(NotAuthenticated, match="not known"):
        presented(token_text(ID, bytes(32))).check(kept)


@pytest.mark.parametrize(
    ("mine", "wanted", "covered"),
    [
        (["*"], ["blue"], True),
        (["*"], ["*"], True),
        (["blue"], ["blue"], True),
        (["blue", "green"], ["green"], True),
        (["blue"], ["green"], False),
        (["blue"], ["blue", "green"], False),
        (["blue"], ["*"], False),
        ([], ["blue"], False),
    ],
)
def test_whose_namespaces_cover_which(mine: list[str], wanted: list[str], covered: bool) -> None:
    assert covers(mine, wanted) is covered
    assert all(Caller("1", "ci", Role.ADMIN, tuple(mine)).may_use(name) for name in wanted) is covered


def test_nobody_is_asked_who_they_are_on_an_open_platform() -> None:
    assert not ANYBODY.is_named
    assert ANYBODY.may_use("whatever")
    assert str(ANYBODY) == "anybody"
    assert str(Caller("1f", "ci", Role.WORKER, ("blue",))) == "ci (1f)"


def test_namespaces_of_a_token_are_names_or_all() -> None:
    assert check_namespaces(["green", "blue", "green"]) == ("blue", "green")
    assert check_namespaces(["green", "*"]) == ("*",)
    for wrong in ([], ["Blue"], [""], ["a b"], ["**"], ["blue*"]):
        with pytest.raises(InvalidInput, match="namespaces"):
            check_namespaces(wrong)
    with pytest.raises(LimitExceeded, match="namespaces"):
        check_namespaces(f"n{number}" for number in range(TOKEN_NAMESPACES_MAX + 1))


def test_roles_are_words() -> None:
    assert [role_of(str(role)) for role in Role] == list(Role)
    for wrong in ("", "Admin", "root", "x" * 1000):
        with pytest.raises(InvalidInput, match="admin, operator, producer, worker, viewer") as refused:
            role_of(wrong)
        assert len(str(refused.value)) < 200


def test_an_expiry_lies_ahead() -> None:
    assert check_expiry(0) == 0
    assert check_expiry(1.5) == 1.5
    for wrong in (-1.0, float("nan"), float("inf"), float("-inf")):
        with pytest.raises(InvalidInput, match="expires_in_s"):
            check_expiry(wrong)
    with pytest.raises(LimitExceeded, match="never"):
        check_expiry(TOKEN_EXPIRY_S_MAX + 1)
