"""Which addresses an endpoint may have, in all the ways to write one."""

from ipaddress import ip_address

import pytest

from penstock.model.endpoint_url import check_networks, check_url, forbidden
from penstock.model.errors import InvalidInput

LOOPBACK = check_networks(["127.0.0.0/8", "::1"], "push_allow")


@pytest.mark.parametrize(
    ("text", "host", "port", "target", "authority"),
    [
        ("https://example.org", "example.org", 443, "/", "example.org"),
        ("https://Example.ORG./a/b?x=1", "example.org", 443, "/a/b?x=1", "example.org"),
        ("https://example.org:8443/a", "example.org", 8443, "/a", "example.org:8443"),
        ("https://93.184.215.14/", "93.184.215.14", 443, "/", "93.184.215.14"),
        ("https://[2606:2800:21F::1]/a", "2606:2800:21f::1", 443, "/a", "[2606:2800:21f::1]"),
        ("https://xn--bcher-kva.example/", "xn--bcher-kva.example", 443, "/", "xn--bcher-kva.example"),
    ],
)
def test_what_is_taken(text: str, host: str, port: int, target: str, authority: str) -> None:
    url = check_url(text)
    assert (url.host, url.port, url.target, url.authority) == (host, port, target, authority)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.org/a",
        "//example.org",
        "ftp://example.org/",
        "file:///etc/passwd",
        "gopher://example.org/",
        "http://example.org/",
        "https://",
        "https:///a",
        "https://user:pw@example.org/",
        "https://user@example.org/",
        "https://@example.org/",
        "https://example.org/#part",
        "https://example.org/#",
        "https://example.org:22/",
        "https://example.org:25/",
        "https://example.org:0/",
        "https://example.org:65536/",
        "https://example.org:x/",
        "https://exa mple.org/",
        "https://example.org/a b",
        "https://example.org/\r\nx: y",
        "https://example.org\\@evil.example/",
        "https://exam\u00adple.org/",
        "https://\u2460\u2461\u2466.0.0.1/",
        "https://127.0.0.1\u3002/",
        "https://-example.org/",
        "https://exam%70le.org/",
        "https://a..b/",
        "https://" + "a" * 64 + ".example/",
        "https://example.org/" + "a" * 2048,
        "https://[::1/",
        "https://[fe80::1%25eth0]/",
        "https://[v1.a]/",
    ],
)
def test_what_is_no_address_of_an_endpoint(text: str) -> None:
    with pytest.raises(InvalidInput, match="url"):
        check_url(text)


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost.",
        "LOCALHOST",
        "a.localhost",
        "127.0.0.1",
        "127.0.0.1.",
        "127.1",
        "0x7f.1",
        "0x7f000001",
        "2130706433",
        "017700000001",
        "0177.0.0.1",
        "127.0.0.01",
        "0",
        "0.0.0.0",
        "10.0.0.1",
        "100.64.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.168.1.1",
        "198.18.0.1",
        "203.0.113.7",
        "224.0.0.1",
        "255.255.255.255",
        "[::]",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:93.184.215.14]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[64:ff9b:1::1]",
        "[2002:7f00:1::]",
        "[2001::1]",
        "[2001:db8::1]",
        "[fd00:ec2::254]",
        "[fe80::1]",
        "[ff02::1]",
        "[100::1]",
        "[5f00::1]",
    ],
)
def test_what_is_not_public_is_refused_however_it_is_written(host: str) -> None:
    with pytest.raises(InvalidInput, match=r"endpoint_forbidden|in disguise"):
        check_url(f"https://{host}/")


def test_networks_that_settings_allow() -> None:
    for text in ("http://127.0.0.1:8080/a", "https://localhost/", "http://localhost:8080/", "http://[::1]:8080/"):
        check_url(text, LOOPBACK)
    check_url("http://name.internal:8080/", LOOPBACK)  # where that is, is seen at each connection
    for text in ("https://10.0.0.1/", "http://93.184.215.14/", "https://[::ffff:127.0.0.1]/", "https://127.1/"):
        with pytest.raises(InvalidInput):
            check_url(text, LOOPBACK)


def test_a_password_is_in_no_message() -> None:
    with pytest.raises(InvalidInput) as caught:
        check_url("https://ada:hunter2@example.org:22/ x")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("text", ["93.184.215.14", "1.1.1.1", "2606:4700::1111", "2a00:1450:4001::1"])
def test_public_addresses(text: str) -> None:
    assert forbidden(ip_address(text)) == ""


def test_everything_that_the_library_calls_private_is_forbidden() -> None:
    for first in range(256):
        for second in (0, 16, 18, 31, 51, 64, 88, 100, 127, 168, 254, 255):
            address = ip_address(f"{first}.{second}.{second}.1")
            if not address.is_global:
                assert forbidden(address), address


def test_what_is_no_network_is_told() -> None:
    with pytest.raises(InvalidInput, match=r"push_allow.*'10.0.0.1/8'"):
        check_networks(["10.0.0.1/8"], "push_allow")
