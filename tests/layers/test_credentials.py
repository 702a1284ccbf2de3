"""What clients show: where it is found, what is refused, and that no secret is repeated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from penstock.adapters.grpc.orchestrators import Link
from penstock.model.access_token import token_text
from penstock.model.errors import InvalidInput
from penstock.sdk.credentials import find_credentials
from penstock.settings import load_settings
from penstock.wire.credentials import Bearer, Credentials

if TYPE_CHECKING:
    from pathlib import Path

TEXT, OTHER = token_text(bytes(8), bytes(32)), token_text(bytes([1] * 8), bytes([1] * 32))
SECRET = TEXT.split("_")[2]


def shown(credentials: Credentials) -> str:
    return dict(Bearer(credentials).metadata()).get("authorization", "")


def test_nothing_is_shown_unless_something_is_set(tmp_path: Path) -> None:
    found = find_credentials({}, tmp_path)
    assert found == Credentials()
    assert Bearer(found).metadata() == ()
    assert found.channel_credentials() is None


def test_a_token_is_found_in_the_environment_before_the_file(tmp_path: Path) -> None:
    (tmp_path / "penstock.toml").write_text(f"token = '{TEXT}'\n")
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    assert shown(find_credentials({}, below)) == f"Bearer {TEXT}"
    assert shown(find_credentials({"PENSTOCK_TOKEN": OTHER}, below)) == f"Bearer {OTHER}"
    assert shown(find_credentials({"PENSTOCK_TOKEN": ""}, below)) == ""
    (tmp_path / "token").write_text(f"{OTHER}\n")
    assert shown(find_credentials({"PENSTOCK_TOKEN_FILE": str(tmp_path / "token")}, below)) == f"Bearer {OTHER}"


def test_a_token_file_that_changes_is_read_again_and_one_that_is_away_keeps_the_last(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(TEXT)
    bearer = Bearer(Credentials(token_file=str(file)).check())
    assert bearer.metadata() == (("authorization", f"Bearer {TEXT}"),)
    fresh = tmp_path / "fresh"
    fresh.write_text(f"  {OTHER}\n")
    fresh.rename(file)
    assert bearer.metadata() == (("authorization", f"Bearer {OTHER}"),)
    file.unlink()
    assert bearer.metadata() == (("authorization", f"Bearer {OTHER}"),)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"token": TEXT[:-1]}, "token"),
        ({"token": f"Bearer {TEXT}"}, "token"),
        ({"token": TEXT, "token_file": "there"}, "token_file"),
        ({"token_file": "nowhere"}, "token_file"),
        ({"token_file": "."}, "token_file"),
        ({"token_file": "empty"}, "token_file"),
        ({"token_file": "large"}, "token_file"),
        ({"token_file": "bytes"}, "token_file"),
        ({"token_file": "two"}, "token_file"),
        ({"token_file": "a\0b"}, "token_file"),
        ({"ca_file": "nowhere"}, "ca_file"),
        ({"ca_file": "there"}, "ca_file"),
        ({"client_certificate_file": "there"}, "client_certificate_file"),
        ({"client_key_file": "there"}, "client_certificate_file"),
        ({"client_certificate_file": "there", "client_key_file": "there"}, "client_certificate_file"),
        (
            {"ca_file": "public", "client_certificate_file": "there", "client_key_file": "there"},
            "client_certificate_file",
        ),
    ],
)
def test_what_cannot_be_used_is_told_by_name_and_no_secret_is(
    fields: dict[str, str], field: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there").write_text(TEXT)
    (tmp_path / "empty").write_text("")
    (tmp_path / "large").write_text(TEXT * 100)
    (tmp_path / "bytes").write_bytes(b"\xff" + TEXT.encode())
    (tmp_path / "two").write_text(f"{TEXT}\n{TEXT}\n")
    with pytest.raises(InvalidInput) as refused:
        Credentials(**fields).check()
    assert refused.value.field == field
    assert SECRET[:16] not in str(refused.value)
    assert len(str(refused.value)) < 300


def test_a_token_hides_when_it_is_shown_to_people(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    credentials = Credentials(token=TEXT, ca_file="public")
    for text in (
        repr(credentials),
        str(credentials),
        repr(Link("host:1", "blue", credentials)),
        f"{credentials!r:.500}",
    ):
        assert SECRET not in text
    settings = load_settings(token=TEXT)
    assert settings.token.get_secret_value() == TEXT
    for text in (repr(settings), str(settings.token), settings.model_dump_json()):
        assert SECRET not in text
    with pytest.raises(InvalidInput) as refused:
        load_settings(token=TEXT, listen_host="0.0.0.0", lease_s=-1)
    assert SECRET not in str(refused.value)


def test_settings_that_need_another_say_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for fields, words in (
        ({"tls_certificate_file": "a.pem"}, "tls_certificate_file and tls_key_file belong together"),
        ({"tls_key_file": "a.key"}, "tls_certificate_file and tls_key_file belong together"),
        ({"tls_client_ca_file": "ca.pem"}, "tls_client_ca_file needs tls_certificate_file"),
        ({"authentication": "yes"}, "authentication"),
        ({"authentication": "Tokens"}, "authentication"),
        ({"authentication": ""}, "authentication"),
    ):
        with pytest.raises(InvalidInput, match=words):
            load_settings(**fields)
