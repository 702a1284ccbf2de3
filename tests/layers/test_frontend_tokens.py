"""Tokens are made, shown and revoked within the caller's own namespaces, and a secret is told once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from penstock.adapters.memory import LoopStoreTime, MemoryCluster, MemoryStore
from penstock.adapters.memory.trip import plain_trip
from penstock.frontend.tokens import TokenDesk
from penstock.model.access import ANYBODY, Caller, Role
from penstock.model.access_token import presented
from penstock.model.errors import InvalidInput, NotFound, NotPermitted
from penstock.testing.virtual_loop import run_virtual

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

ROOT = Caller("f" * 16, "root", Role.ADMIN, ("*",))
BLUE = Caller("b" * 16, "blues", Role.ADMIN, ("blue", "navy"))


class Chance:
    """Bytes that never repeat."""

    def __init__(self) -> None:
        self.drawn = 0

    def __call__(self, count: int) -> bytes:
        self.drawn += 1
        return self.drawn.to_bytes(count, "big")


def at_a_desk(body: Callable[[TokenDesk, MemoryStore], Awaitable[None]]) -> None:
    async def run() -> None:
        store = MemoryStore(MemoryCluster(LoopStoreTime()), plain_trip)
        await body(TokenDesk(store.access_tokens, Chance()), store)

    run_virtual(run(), seed=1)


def test_a_token_is_made_and_its_secret_is_told_once() -> None:
    async def body(desk: TokenDesk, store: MemoryStore) -> None:
        made = await desk.create(BLUE, "ci", "producer", ["navy", "blue", "navy"], 60)
        assert (made.token.name, made.token.role, made.token.namespaces) == ("ci", "producer", ("blue", "navy"))
        assert made.token.created_by == f"blues ({'b' * 16})"
        assert made.token.expires_at_us == made.token.created_at_us + 60_000_000
        presented(made.text).check((await store.access_tokens.find([made.token.id]))[made.token.id])
        for shown in (repr(made), repr(await desk.newest(BLUE)), repr(await desk.revoke(BLUE, made.token.id))):
            assert made.text.split("_")[2] not in shown

    at_a_desk(body)


def test_nobody_makes_a_token_for_more_than_is_their_own() -> None:
    async def body(desk: TokenDesk, store: MemoryStore) -> None:
        for wanted in (["green"], ["blue", "green"], ["*"], ["blue", "*"]):
            with pytest.raises(NotPermitted, match="may make tokens for blue, navy only"):
                await desk.create(BLUE, "ci", "viewer", wanted)
        assert await store.access_tokens.newest(10) == []
        await desk.create(ROOT, "ci", "viewer", ["*"])
        await desk.create(ANYBODY, "first", "admin", ["*"])

    at_a_desk(body)


def test_nobody_sees_or_revokes_a_token_that_reaches_beyond_their_own() -> None:
    async def body(desk: TokenDesk, store: MemoryStore) -> None:
        made = {
            names: (await desk.create(ROOT, "ci", "viewer", names.split())).token
            for names in ("blue", "green", "blue green", "*")
        }
        assert await desk.newest(BLUE) == [made["blue"]]
        assert len(await desk.newest(ROOT)) == 4
        sentences = set()
        for names in ("green", "blue green", "*"):
            with pytest.raises(NotFound) as refused:
                await desk.revoke(BLUE, made[names].id)
            sentences.add(str(refused.value).replace(made[names].id, "<id>"))
        with pytest.raises(NotFound) as refused:
            await desk.revoke(BLUE, "0" * 16)
        assert sentences == {str(refused.value).replace("0" * 16, "<id>")}
        assert not any(token.revoked_at_us for token in await store.access_tokens.newest(10))
        assert (await desk.revoke(BLUE, made["blue"].id)).revoked_by == str(BLUE)
        assert (await desk.revoke(ROOT, made["blue"].id)).revoked_by == str(BLUE)

    at_a_desk(body)


@pytest.mark.parametrize(
    ("name", "role", "namespaces", "expires_in_s"),
    [
        ("", "viewer", ["blue"], 0),
        ("a b", "viewer", ["blue"], 0),
        ("a\nb", "viewer", ["blue"], 0),
        ("ci", "", ["blue"], 0),
        ("ci", "root", ["blue"], 0),
        ("ci", "viewer", [], 0),
        ("ci", "viewer", ["blue", ""], 0),
        ("ci", "viewer", ["blue"], -1),
        ("ci", "viewer", ["blue"], float("nan")),
        ("ci", "viewer", ["blue"], 1e12),
    ],
)
def test_what_is_wrong_makes_no_token(name: str, role: str, namespaces: list[str], expires_in_s: float) -> None:
    async def body(desk: TokenDesk, store: MemoryStore) -> None:
        with pytest.raises(InvalidInput):
            await desk.create(ROOT, name, role, namespaces, expires_in_s)
        assert await store.access_tokens.newest(10) == []

    at_a_desk(body)
