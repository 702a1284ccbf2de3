# ruff: noqa: D103 - the name of an idea is its sentence
"""Access tokens are kept, found, revoked and never forgotten; their times are the store's."""

import asyncio
from typing import Any

from msgspec import structs

from penstock.model.access import Role
from penstock.model.access_token import AccessToken, Presented
from penstock.model.errors import NotAuthenticated
from penstock.ports.access_tokens import NewToken
from penstock.testing.contracts.scene import Scene
from penstock.testing.contracts.store_suites import ACCESS_TOKENS

HASH = bytes(range(32))
HOUR_S = 3600.0


def token(number: int = 1, **fields: Any) -> NewToken:
    """One that is asked for."""
    new = NewToken(f"{number:016x}", HASH, "deploy", Role.PRODUCER, ("blue", "green"), "ada (0123456789abcdef)")
    return structs.replace(new, **fields)


def is_refused(secret_hash: bytes, kept: Any) -> bool:
    """Whether who shows this is not let in."""
    try:
        Presented("0", secret_hash).check(kept)
    except NotAuthenticated:
        return True
    return False


@ACCESS_TOKENS.idea
async def a_token_is_kept_as_it_was_asked_for(scene: Scene) -> None:
    tokens = scene.store.access_tokens
    async with scene.span() as span:
        made = await tokens.add(token())
    assert span.covers(made.created_at_us)
    expected = AccessToken(
        "0000000000000001", "deploy", "producer", ("blue", "green"), made.created_at_us, "ada (0123456789abcdef)"
    )
    assert made == expected
    (found,) = (await tokens.find(["0000000000000001", "none"])).values()
    assert (found.token, found.secret_hash, found.good_for_us) == (expected, HASH, None)
    assert await tokens.newest(10) == [expected]


@ACCESS_TOKENS.idea
async def what_nobody_made_is_not_found(scene: Scene) -> None:
    tokens = scene.store.access_tokens
    assert await tokens.find([]) == {}
    assert await tokens.find(["0000000000000001", ""]) == {}
    assert await tokens.newest(10) == []
    assert await tokens.revoke("0000000000000001", "ada") is None
    await tokens.used(["0000000000000001"], HOUR_S)
    assert await tokens.newest(10) == []


@ACCESS_TOKENS.idea
async def a_repeat_makes_no_second_token_and_changes_nothing(scene: Scene) -> None:
    tokens = scene.store.access_tokens
    first = await tokens.add(token())
    await scene.advance(5)
    again = await asyncio.gather(*(tokens.add(token()) for _ in range(4)))
    assert again == [first] * 4
    assert await tokens.newest(10) == [first]


@ACCESS_TOKENS.idea
async def a_token_expires_by_the_stores_clock(scene: Scene) -> None:
    tokens = scene.store.access_tokens
    made = await tokens.add(token(expires_in_s=HOUR_S))
    assert made.expires_at_us == made.created_at_us + 3600 * 1_000_000
    kept = (await tokens.find([made.id]))[made.id]
    assert 0 < (kept.good_for_us or 0) <= 3600 * 1_000_000
    assert not is_refused(HASH, kept)
    await scene.advance(HOUR_S + 1)
    kept = (await tokens.find([made.id]))[made.id]
    assert kept.good_for_us == 0
    assert is_refused(HASH, kept)


@ACCESS_TOKENS.idea
async def a_revoked_token_is_good_no_longer_and_the_first_revocation_stays(scene: Scene) -> None:
    tokens = scene.store.access_tokens
    made, other = await tokens.add(token()), await tokens.add(token(2))
    async with scene.span() as span:
        revoked = await tokens.revoke(made.id, "grace")
    assert revoked is not None
    assert span.covers(revoked.revoked_at_us)
    assert revoked == structs.replace(made, revoked_at_us=revoked.revoked_at_us, revoked_by="grace")
    await scene.advance(5)
    assert await tokens.revoke(made.id, "somebody else") == revoked
    kept = await tokens.find([made.id, other.id])
    assert kept[made.id].good_for_us == 0
    assert is_refused(HASH, kept[made.id])
    assert kept[other.id].token == other


@ACCESS_TOKENS.idea
async def the_newest_come_first_and_no_more_than_asked_for(scene: Scene) -> None:
    tokens = scene.store.access_tokens
    made = []
    for number in (3, 1, 2):
        made.append(await tokens.add(token(number)))
        await scene.advance(1)
    assert await tokens.newest(10) == made[::-1]
    assert await tokens.newest(2) == made[:0:-1]


@ACCESS_TOKENS.idea
async def a_use_is_written_once_in_a_while(scene: Scene) -> None:
    tokens = scene.store.access_tokens
    made = await tokens.add(token())
    async with scene.span() as span:
        await tokens.used([made.id, "none"], HOUR_S)
    (first,) = await tokens.newest(1)
    assert span.covers(first.last_used_at_us)
    await scene.advance(HOUR_S / 2)
    await tokens.used([made.id], HOUR_S)
    assert await tokens.newest(1) == [first]
    await scene.advance(HOUR_S)
    await tokens.used([made.id], HOUR_S)
    (later,) = await tokens.newest(1)
    assert later.last_used_at_us > first.last_used_at_us


@ACCESS_TOKENS.idea
async def only_the_right_secret_is_let_in(scene: Scene) -> None:
    tokens = scene.store.access_tokens
    made = await tokens.add(token())
    kept = (await tokens.find([made.id]))[made.id]
    assert not is_refused(HASH, kept)
    for wrong in (bytes(32), HASH[:-1] + b"\0", HASH[:-1], HASH + b"\0", b""):
        assert is_refused(wrong, kept)
    assert is_refused(bytes(32), None)
