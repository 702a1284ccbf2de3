"""Where an endpoint may be: what its address may look like, and which addresses are never called.

An endpoint is named by somebody who may not reach what the servers can reach. So its address is looked at twice: as it
is written, here, and as it is resolved, at each connection, by `forbidden`.
"""

import re
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final
from urllib.parse import SplitResult, urlsplit

from msgspec import Struct

from penstock.model.errors import InvalidInput

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

URL_CHARS_MAX: Final = 2048
_HOST_CHARS_MAX: Final = 253
_PORTS_BELOW_1024: Final = frozenset({80, 443})
_DEFAULT_PORTS: Final = {"https": 443, "http": 80}
_VISIBLE: Final = re.compile(r"[!-~]+")
_LABEL: Final = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")

_V4: Final[tuple[tuple[IPv4Network, str], ...]] = tuple(
    (IPv4Network(network), what)
    for network, what in (
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "a private network"),
        ("100.64.0.0/10", "a carrier's shared network"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local, where clouds keep their metadata"),
        ("172.16.0.0/12", "a private network"),
        ("192.0.0.0/24", "reserved for protocols"),
        ("192.0.2.0/24", "for documentation"),
        ("192.31.196.0/24", "reserved"),
        ("192.52.193.0/24", "reserved"),
        ("192.88.99.0/24", "a relay of 6to4"),
        ("192.168.0.0/16", "a private network"),
        ("192.175.48.0/24", "reserved"),
        ("198.18.0.0/15", "for benchmarks"),
        ("198.51.100.0/24", "for documentation"),
        ("203.0.113.0/24", "for documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    )
)
_GLOBAL: Final = IPv6Network("2000::/3")
_V6: Final[tuple[tuple[IPv6Network, str], ...]] = tuple(
    (IPv6Network(network), what)
    for network, what in (
        ("::1/128", "loopback"),
        ("::ffff:0:0/96", "an IPv4 address in disguise"),
        ("64:ff9b::/96", "an IPv4 address behind NAT64"),
        ("64:ff9b:1::/48", "an IPv4 address behind NAT64"),
        ("100::/64", "for discarding"),
        ("2001::/23", "reserved for protocols"),
        ("2001:db8::/32", "for documentation"),
        ("2002::/16", "an IPv4 address in 6to4"),
        ("3fff::/20", "for documentation"),
        ("5f00::/16", "for segment routing"),
        ("fc00::/7", "a private network"),
        ("fe80::/10", "link-local"),
        ("ff00::/8", "multicast"),
    )
)


class EndpointUrl(Struct, frozen=True):
    """An endpoint's address, taken apart. `host`: lower case, without a last dot, without brackets."""

    scheme: str
    host: str
    port: int
    target: str
    """path and query"""

    @property
    def literal(self) -> Address | None:
        """The address that stands there instead of a name."""
        return _literal(self.host)

    @property
    def origin(self) -> tuple[str, str, int]:
        """What a connection is for."""
        return self.scheme, self.host, self.port

    @property
    def authority(self) -> str:
        """Host and port as the `Host` header has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


def check_url(text: str, allowed: Sequence[Network] = (), field: str = "url") -> EndpointUrl:
    """The address as it is written; raises `InvalidInput`. `allowed`: networks that may be called although they are
    not public; with none of them, only https is taken.
    """
    url = _taken_apart(text, field)
    if url.scheme == "http" and not allowed:
        raise InvalidInput(field, f"{_cut(text)} is not encrypted: use https (http needs a network in push_allow)")
    literal = url.literal
    if literal is None and (url.host == "localhost" or url.host.endswith(".localhost")):
        literal = IPv4Address("127.0.0.1")
    if literal is not None:
        because = forbidden(literal, allowed)
        if because:
            raise InvalidInput(field, f"endpoint_forbidden: {url.host} is {because}; push_allow may allow its network")
        if url.scheme == "http" and not is_allowed(literal, allowed):
            raise InvalidInput(field, f"{_cut(text)} is not encrypted: use https outside of the networks of push_allow")
    return url


def forbidden(address: Address, allowed: Sequence[Network] = ()) -> str:
    """What the address is, if it is none that may be called; "" for one that may."""
    if is_allowed(address, allowed):
        return ""
    if isinstance(address, IPv4Address):
        return next((what for network, what in _V4 if address in network), "")
    if address.scope_id is not None:
        return "bound to an interface"
    for network, what in _V6:
        if address in network:
            return what
    return "" if address in _GLOBAL else "no global address"


def is_allowed(address: Address, allowed: Sequence[Network]) -> bool:
    """Whether it is in one of the networks."""
    return any(address in network for network in allowed)


def check_networks(texts: Sequence[str], field: str) -> tuple[Network, ...]:
    """Networks as settings have them, `10.1.0.0/16` or `::1`; raises `InvalidInput`."""
    networks: list[Network] = []
    for text in texts:
        try:
            networks.append(ip_network(text))
        except ValueError as error:
            raise InvalidInput(field, f"{text!r:.60} is no network: {error}") from None
    return tuple(networks)


def _taken_apart(text: str, field: str) -> EndpointUrl:
    if not text or len(text) > URL_CHARS_MAX:
        raise InvalidInput(field, f"has {len(text)} characters; 1 to {URL_CHARS_MAX} are allowed")
    if not _VISIBLE.fullmatch(text) or "\\" in text:
        raise InvalidInput(
            field, f"{_cut(text)} has a character that no URL has; percent-encode it, write a host in its xn-- form"
        )
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise InvalidInput(field, f"{_cut(text)} is no URL: {error}") from None
    if parts.scheme not in _DEFAULT_PORTS:
        raise InvalidInput(field, f"{_cut(text)} is no https URL")
    if "@" in parts.netloc:
        raise InvalidInput(field, "holds a user or a password: put what authenticates into a header")
    if parts.fragment or text.endswith("#"):
        raise InvalidInput(field, f"{_cut(text)} has a fragment, which no server sees")
    return EndpointUrl(parts.scheme, _host(parts, field), _port(port, parts, field), _target(parts))


def _host(parts: SplitResult, field: str) -> str:
    host = (parts.hostname or "").removesuffix(".")
    if parts.netloc.startswith("["):
        try:
            IPv6Address(host)
        except ValueError as error:
            raise InvalidInput(field, f"{host!r:.80} is no IPv6 address: {error}") from None
        if "%" in host:
            raise InvalidInput(field, f"{host!r:.80} names an interface")
        return str(IPv6Address(host))
    labels = host.split(".")
    if len(host) > _HOST_CHARS_MAX or not all(_LABEL.fullmatch(label) for label in labels):
        raise InvalidInput(field, f"{host!r:.80} is no host name")
    if _NUMBER.fullmatch(labels[-1]):
        try:
            IPv4Address(host)
        except ValueError:
            raise InvalidInput(
                field, f"{host!r:.80} is an address in disguise: write it as four plain numbers"
            ) from None
    return host


def _port(port: int | None, parts: SplitResult, field: str) -> int:
    if port is None:
        return _DEFAULT_PORTS[parts.scheme]
    if port not in _PORTS_BELOW_1024 and port < 1024:
        raise InvalidInput(field, f"port {port} belongs to another protocol; use 443, 80 or one from 1024")
    return port


def _target(parts: SplitResult) -> str:
    path = parts.path or "/"
    return f"{path}?{parts.query}" if parts.query else path


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _cut(text: str) -> str:
    """As a message may show it: never what stands before an `@`."""
    shown = text.rpartition("@")[2] if "@" in text else text
    return repr(shown[:80])
