from pathlib import Path

import pytest

from penstock.model.errors import InvalidInput, NotFound
from penstock.sdk.address import Address, find_address, find_namespace


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_what_is_given_wins_then_the_environment_then_the_files(tmp_path: Path) -> None:
    write(tmp_path / "penstock.toml", 'address = "toml:1"\n')
    write(tmp_path / ".penstock" / "address", "file:1\n")
    environment = {"PENSTOCK_ADDRESS": "variable:1"}
    assert find_address("given:1", environment, tmp_path).text == "given:1"
    assert find_address("", environment, tmp_path) == Address("variable:1", "PENSTOCK_ADDRESS")
    assert find_address("", {}, tmp_path) == Address("toml:1", str(tmp_path / "penstock.toml"))
    (tmp_path / "penstock.toml").write_text("lease_s = 30\n")
    assert find_address("", {}, tmp_path) == Address("file:1", str(tmp_path / ".penstock" / "address"))


def test_the_nearest_folder_upwards_wins(tmp_path: Path) -> None:
    write(tmp_path / "penstock.toml", 'address = "far:1"\n')
    write(tmp_path / "a" / ".penstock" / "address", "near:1")
    (tmp_path / "a" / "b" / "c").mkdir(parents=True)
    assert find_address("", {}, tmp_path / "a" / "b" / "c").text == "near:1"


def test_nothing_found_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"run `penstock dev`, or set PENSTOCK_ADDRESS"):
        find_address("", {}, tmp_path)


@pytest.mark.parametrize(
    "text", ["foo", "foo:", ":1", "a:0", "a:65536", "a:99999", "a:x", "::1:80", "a b:1", "http://a"]
)
def test_what_is_not_host_and_port_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"^--address: .* is not host:port"):
        Address(text, "--address")


@pytest.mark.parametrize("text", ["a:1", "[::1]:65535", "unix:/run/it", "dns:///a:1"])
def test_what_grpc_knows_is_an_address(text: str) -> None:
    assert Address(text, "--address").text == text


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    write(tmp_path / "penstock.toml", "address = \n")
    with pytest.raises(InvalidInput, match=r"penstock\.toml: is not TOML"):
        find_address("", {}, tmp_path)
    write(tmp_path / "penstock.toml", "address = 7460\n")
    with pytest.raises(InvalidInput, match="7460 is not text"):
        find_address("", {}, tmp_path)


def test_the_namespace_comes_from_the_same_places(tmp_path: Path) -> None:
    write(tmp_path / "penstock.toml", 'namespace = "green"\n')
    assert find_namespace("blue", {"PENSTOCK_NAMESPACE": "red"}, tmp_path) == "blue"
    assert find_namespace("", {"PENSTOCK_NAMESPACE": "red"}, tmp_path) == "red"
    assert find_namespace("", {}, tmp_path) == "green"
