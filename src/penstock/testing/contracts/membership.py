# ruff: noqa: D103 - the name of an idea is its sentence
"""Leases of servers and of buckets."""

import asyncio

from penstock.model.identity import BUCKETS
from penstock.ports.due_work import BucketShare
from penstock.ports.membership import Member
from penstock.testing.contracts.scene import Scene
from penstock.testing.contracts.store_suites import MEMBERSHIP

LEASE_S = 10.0
UNFAIR_MAX = 32
"""by how much a share may be over the fair one once it is settled: buckets may move in slices"""
ROUNDS = 8
"""of calls by everybody, within which shares settle"""


def orchestrator(name: str) -> Member:
    """A server that covers buckets."""
    return Member(name, "orchestrator", f"127.0.0.1:{7000 + len(name)}")


def buckets_of(share: BucketShare) -> set[int]:
    """The buckets in the ranges, which must be well formed."""
    buckets: list[int] = []
    for low, high in share:
        assert 0 <= low <= high < BUCKETS, share
        buckets += range(low, high + 1)
    assert len(buckets) == len(set(buckets)), f"a bucket twice in {share}"
    return set(buckets)


async def announce(scene: Scene, *names: str) -> None:
    """All of them are alive."""
    for name in names:
        await scene.store.membership.announce(orchestrator(name), LEASE_S)


async def hold(scene: Scene, name: str) -> set[int]:
    """One renewal."""
    return buckets_of(await scene.store.membership.hold_buckets(name, LEASE_S))


async def settle(scene: Scene, *names: str) -> dict[str, set[int]]:
    """Everybody announces and renews for some rounds; who holds what after the last one."""
    held: dict[str, set[int]] = {}
    for _ in range(ROUNDS):
        await announce(scene, *names)
        held = {name: await hold(scene, name) for name in names}
    return held


def is_a_fair_partition(held: dict[str, set[int]]) -> None:
    """Everything is covered, nothing twice, and nobody has much more than a fair share."""
    sizes = [len(share) for share in held.values()]
    assert set().union(*held.values()) == set(range(BUCKETS))
    assert sum(sizes) == BUCKETS, "a bucket has two holders"
    assert max(sizes) <= BUCKETS / len(sizes) + UNFAIR_MAX, sizes
    assert min(sizes) > 0, sizes


@MEMBERSHIP.idea
async def who_announces_itself_sees_all_whose_lease_stands(scene: Scene) -> None:
    frontend = Member("front", "frontend", "")
    assert await scene.store.membership.announce(frontend, LEASE_S) == [frontend]
    members = await scene.store.membership.announce(orchestrator("a"), LEASE_S)
    assert sorted(members, key=lambda member: member.id) == [orchestrator("a"), frontend]


@MEMBERSHIP.idea
async def a_lease_that_is_not_renewed_runs_out(scene: Scene) -> None:
    await announce(scene, "a", "b")
    await scene.advance(LEASE_S * 0.6)
    await announce(scene, "a")
    await scene.advance(LEASE_S * 0.6)
    assert await scene.store.membership.announce(orchestrator("a"), LEASE_S) == [orchestrator("a")]
    members = await scene.store.membership.announce(orchestrator("b"), LEASE_S)
    assert len(members) == 2, "it may come back"


@MEMBERSHIP.idea
async def who_leaves_is_gone_at_once(scene: Scene) -> None:
    await announce(scene, "a", "b")
    await scene.store.membership.leave("b")
    await scene.store.membership.leave("never seen")
    assert await scene.store.membership.announce(orchestrator("a"), LEASE_S) == [orchestrator("a")]


@MEMBERSHIP.idea
async def the_latest_word_about_a_member_counts(scene: Scene) -> None:
    await announce(scene, "a")
    moved = Member("a", "orchestrator", "10.0.0.1:1")
    assert await scene.store.membership.announce(moved, LEASE_S) == [moved]


@MEMBERSHIP.idea
async def one_alone_covers_every_bucket(scene: Scene) -> None:
    held = await settle(scene, "a")
    assert held["a"] == set(range(BUCKETS))


@MEMBERSHIP.idea
async def frontends_cover_nothing(scene: Scene) -> None:
    await scene.store.membership.announce(Member("front", "frontend", ""), LEASE_S)
    held = await settle(scene, "a")
    assert held["a"] == set(range(BUCKETS))


@MEMBERSHIP.idea
async def several_share_fairly_without_overlap(scene: Scene) -> None:
    for names in ("ab", "abc", "abcdefg"):
        is_a_fair_partition(await settle(scene, *names))


@MEMBERSHIP.idea
async def at_no_moment_have_two_the_same_bucket(scene: Scene) -> None:
    """They come and go, and each time somebody renews, nobody whose lease stands has what it was given."""
    held: dict[str, set[int]] = {}
    scripts = ["a", "ab", "ba", "abc", "cab", "c", "dc", "abcd", "dcba", "abcd"]
    for script in scripts:
        for gone in set(held) - set(script):
            await scene.store.membership.leave(gone)
            del held[gone]
        await announce(scene, *script)
        for name in script:
            held[name] = await hold(scene, name)
            for other, share in held.items():
                assert other == name or not share & held[name], f"{name} and {other} in {script}"


@MEMBERSHIP.idea
async def a_dead_ones_buckets_are_taken_only_when_their_lease_has_run_out(scene: Scene) -> None:
    dead = (await settle(scene, "a", "b"))["b"]
    await scene.advance(LEASE_S * 0.6)
    await announce(scene, "a")
    assert not await hold(scene, "a") & dead
    await scene.advance(LEASE_S * 0.6)
    held = await settle(scene, "a")
    assert held["a"] == set(range(BUCKETS))


@MEMBERSHIP.idea
async def who_comes_back_late_gets_nothing_that_others_hold_by_now(scene: Scene) -> None:
    await settle(scene, "a", "b")
    await scene.advance(LEASE_S * 1.5)
    taken = (await settle(scene, "a"))["a"]
    await announce(scene, "b")
    assert not await hold(scene, "b") & taken
    is_a_fair_partition(await settle(scene, "a", "b"))


@MEMBERSHIP.idea
async def the_buckets_of_one_that_left_are_free_at_once(scene: Scene) -> None:
    await settle(scene, "a", "b")
    await scene.store.membership.leave("b")
    held = await settle(scene, "a")
    assert held["a"] == set(range(BUCKETS))


@MEMBERSHIP.idea
async def a_lease_of_buckets_is_renewed_by_each_call(scene: Scene) -> None:
    first = (await settle(scene, "a", "b"))["a"]
    for _ in range(4):
        await scene.advance(LEASE_S * 0.6)
        await announce(scene, "a", "b")
        assert await hold(scene, "a") == first
        assert not await hold(scene, "b") & first


@MEMBERSHIP.idea
async def all_at_once_they_still_share_without_overlap(scene: Scene) -> None:
    names = "abcde"
    await announce(scene, *names)
    for _ in range(ROUNDS):
        shares = await asyncio.gather(*(hold(scene, name) for name in names))
    is_a_fair_partition(dict(zip(names, shares, strict=True)))
