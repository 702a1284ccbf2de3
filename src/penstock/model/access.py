"""Who asks, and for which tenants: the words of authentication and authorization.

What each role may call stands in one table, `penstock.server.access`.
"""

from collections.abc import Iterable
from enum import StrEnum, unique
from typing import Final

from msgspec import Struct

from penstock.model.errors import InvalidInput, LimitExceeded
from penstock.model.limits import TOKEN_NAMESPACES_MAX
from penstock.model.names import check_name

EVERY_NAMESPACE: Final = "*"
"""stands for all namespaces, also those that are made later"""


@unique
class Role(StrEnum):
    """What a token is for. The words are stored."""

    ADMIN = "admin"
    OPERATOR = "operator"
    PRODUCER = "producer"
    WORKER = "worker"
    VIEWER = "viewer"


class Caller(Struct, frozen=True):
    """Who makes a call. `token_id` is "" while nobody is asked who they are."""

    token_id: str
    name: str
    role: Role
    namespaces: tuple[str, ...]

    @property
    def is_named(self) -> bool:
        """Whether a token says who it is."""
        return bool(self.token_id)

    def may_use(self, namespace: str) -> bool:
        """Whether the namespace, by its full name, is one of this caller's."""
        return covers(self.namespaces, [namespace])

    def __str__(self) -> str:
        """As audit logs and rows name it."""
        return f"{self.name} ({self.token_id})" if self.token_id else self.name


ANYBODY: Final = Caller("", "anybody", Role.ADMIN, (EVERY_NAMESPACE,))
"""Every caller of a platform that asks nobody who they are, which listens on loopback only."""


def covers(mine: Iterable[str], wanted: Iterable[str]) -> bool:
    """Whether all of the wanted namespaces are among mine. "*" is covered by "*" only."""
    mine = frozenset(mine)
    return EVERY_NAMESPACE in mine or frozenset(wanted) <= mine


def role_of(text: str) -> Role:
    """The role of that name; raises `InvalidInput`."""
    try:
        return Role(text)
    except ValueError:
        raise InvalidInput("role", f"{text[:40]!r} is none; use one of {', '.join(Role)}") from None


def check_namespaces(names: Iterable[str]) -> tuple[str, ...]:
    """Those of a token, each once and in order, "*" alone if it is among them; raises `InvalidInput`."""
    wanted = dict.fromkeys(name if name == EVERY_NAMESPACE else check_name("namespaces", name) for name in names)
    if not wanted:
        raise InvalidInput("namespaces", "are none; name those that the token is for, or * for all")
    if len(wanted) > TOKEN_NAMESPACES_MAX:
        raise LimitExceeded("namespaces", f"are {len(wanted)}; the limit is {TOKEN_NAMESPACES_MAX}, or * for all")
    return (EVERY_NAMESPACE,) if EVERY_NAMESPACE in wanted else tuple(sorted(wanted))
