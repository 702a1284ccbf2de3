"""Tokens are trusted for a few seconds and no longer, and who calls often waits for no trip. In virtual time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from penstock.adapters.memory import LoopStoreTime, MemoryCluster, MemoryStore
from penstock.model.access import Role
from penstock.model.access_token import presented, token_text
from penstock.model.errors import NotAuthenticated, Unavailable
from penstock.ports.access_tokens import NewToken
from penstock.server.token_book import FRESH_S, NOTES_MAX, TRUSTED_S, USED_EVERY_S, TokenBook, token_book
from penstock.testing.virtual_loop import run_virtual
from tests.layers.scheduler_bench import Trips

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

TEXT = token_text(bytes(8), bytes(32))
ID = presented(TEXT).id
FIND = "access_tokens.find"


class Scene:
    def __init__(self) -> None:
        self.trips = Trips()
        self.store = MemoryStore(MemoryCluster(LoopStoreTime()), self.trips)
        self.book: TokenBook

    async def make(self, **fields: Any) -> None:
        shown = presented(TEXT)
        asked: dict[str, Any] = {"role": "worker", "namespaces": ("blue",), **fields}
        await self.store.access_tokens.add(NewToken(shown.id, shown.secret_hash, "ci", created_by="ada", **asked))

    @property
    def looks(self) -> int:
        return self.trips.counts.get(FIND, 0)


def in_virtual_time(body: Callable[[Scene], Awaitable[None]]) -> None:
    async def run() -> None:
        scene = Scene()
        async with token_book(scene.store.access_tokens) as scene.book:
            await body(scene)

    run_virtual(run(), seed=1)


def test_many_calls_share_one_look() -> None:
    async def body(scene: Scene) -> None:
        await scene.make()
        callers = await asyncio.gather(*(scene.book.caller(TEXT) for _ in range(100)))
        assert {str(caller) for caller in callers} == {f"ci ({ID})"}
        assert callers[0].role is Role.WORKER
        assert callers[0].namespaces == ("blue",)
        looks = scene.looks
        assert looks <= 2
        for _ in range(1000):
            await scene.book.caller(TEXT)
        assert scene.looks == looks

    in_virtual_time(body)


def test_who_calls_often_never_waits() -> None:
    async def body(scene: Scene) -> None:
        await scene.make()
        await scene.book.caller(TEXT)
        loop = asyncio.get_running_loop()
        for _ in range(200):
            await asyncio.sleep(0.1)
            scene.trips.stuck[FIND] = asyncio.Event()
            before_s = loop.time()
            await scene.book.caller(TEXT)
            assert loop.time() == before_s
            scene.trips.stuck.pop(FIND).set()
        assert 20 / TRUSTED_S <= scene.looks <= 20 / FRESH_S + 2

    in_virtual_time(body)


def test_a_revoked_token_is_trusted_for_no_longer_than_stated() -> None:
    async def body(scene: Scene) -> None:
        await scene.make()
        await scene.book.caller(TEXT)
        await scene.store.access_tokens.revoke(ID, "ada")
        await asyncio.sleep(TRUSTED_S)
        with pytest.raises(NotAuthenticated, match="was revoked"):
            await scene.book.caller(TEXT)

    in_virtual_time(body)


def test_who_calls_on_is_refused_by_then_too() -> None:
    async def body(scene: Scene) -> None:
        await scene.make()
        await scene.book.caller(TEXT)
        await scene.store.access_tokens.revoke(ID, "ada")
        until_s = asyncio.get_running_loop().time() + TRUSTED_S
        refused = False
        while asyncio.get_running_loop().time() <= until_s:
            try:
                await scene.book.caller(TEXT)
            except NotAuthenticated:
                refused = True
                break
            await asyncio.sleep(0.05)
        assert refused

    in_virtual_time(body)


def test_an_expiry_between_two_looks_is_kept_to_the_moment() -> None:
    async def body(scene: Scene) -> None:
        await scene.make(expires_in_s=1.0)
        await scene.book.caller(TEXT)
        await asyncio.sleep(0.9)
        await scene.book.caller(TEXT)
        await asyncio.sleep(0.2)
        with pytest.raises(NotAuthenticated, match="has expired"):
            await scene.book.caller(TEXT)

    in_virtual_time(body)


def test_a_token_that_was_not_known_is_known_once_it_is_made() -> None:
    async def body(scene: Scene) -> None:
        with pytest.raises(NotAuthenticated, match="not known"):
            await scene.book.caller(TEXT)
        await scene.make()
        await asyncio.sleep(TRUSTED_S)
        assert (await scene.book.caller(TEXT)).name == "ci"

    in_virtual_time(body)


def test_a_silent_store_lets_in_whom_it_named_and_nobody_for_longer_than_stated() -> None:
    async def body(scene: Scene) -> None:
        await scene.make()
        await scene.book.caller(TEXT)
        scene.trips.before[FIND] = Unavailable("the store did not answer")
        await asyncio.sleep(TRUSTED_S - 0.1)
        await scene.book.caller(TEXT)
        await asyncio.sleep(0.2)
        with pytest.raises(Unavailable):
            await scene.book.caller(TEXT)
        scene.trips.before.clear()
        await scene.book.caller(TEXT)

    in_virtual_time(body)


def test_wrong_secrets_for_a_known_id_cost_no_trip() -> None:
    async def body(scene: Scene) -> None:
        await scene.make()
        await scene.book.caller(TEXT)
        looks = scene.looks
        for number in range(1, 200):
            with pytest.raises(NotAuthenticated, match="not known"):
                await scene.book.caller(token_text(bytes(8), number.to_bytes(32, "big")))
        assert scene.looks == looks
        await scene.book.caller(TEXT)

    in_virtual_time(body)


def test_guessed_ids_share_trips_and_are_forgotten() -> None:
    async def body(scene: Scene) -> None:
        await scene.make()
        await scene.book.caller(TEXT)
        guesses = [token_text(number.to_bytes(8, "big"), bytes(32)) for number in range(1, NOTES_MAX + 2)]
        answers = await asyncio.gather(*(scene.book.caller(each) for each in guesses), return_exceptions=True)
        assert all(isinstance(answer, NotAuthenticated) for answer in answers)
        assert scene.looks < NOTES_MAX / 100
        with pytest.raises(NotAuthenticated):
            await scene.book.caller(token_text(bytes([255] * 8), bytes(32)))
        assert len(scene.book._notes) < 10
        looks = scene.looks
        await scene.book.caller(TEXT)
        assert scene.looks == looks

    in_virtual_time(body)


def test_a_use_is_told_to_the_store_rarely_and_by_the_right_secret_only() -> None:
    async def body(scene: Scene) -> None:
        await scene.make()
        with pytest.raises(NotAuthenticated):
            await scene.book.caller(token_text(bytes(8), bytes([1] * 32)))
        await asyncio.sleep(1)
        assert "access_tokens.used" not in scene.trips.counts
        for _ in range(100):
            await scene.book.caller(TEXT)
            await asyncio.sleep(TRUSTED_S)
        assert scene.trips.counts["access_tokens.used"] == 1
        (token,) = await scene.store.access_tokens.newest(1)
        assert token.last_used_at_us
        await asyncio.sleep(USED_EVERY_S)
        await scene.book.caller(TEXT)
        await asyncio.sleep(1)
        assert scene.trips.counts["access_tokens.used"] == 2

    in_virtual_time(body)


def test_a_role_of_a_later_release_is_refused() -> None:
    async def body(scene: Scene) -> None:
        await scene.make(role="auditor")
        with pytest.raises(NotAuthenticated, match="does not know: 'auditor'"):
            await scene.book.caller(TEXT)

    in_virtual_time(body)
