# ruff: noqa: D103 - the name of an idea is its sentence
"""The journal: a call may be repeated, and may say what it expects; it is stored as a whole or not at all."""

import asyncio

from penstock.model.errors import InvalidInput
from penstock.model.limits import TOKEN_BYTES_MIN
from penstock.ports.journal import AppendRequest
from penstock.testing.contracts.event_scene import append, event, events_of, head_of, request, stream_of
from penstock.testing.contracts.scene import Scene
from penstock.testing.contracts.store_suites import JOURNAL

TOKEN = b"t" * TOKEN_BYTES_MIN
OTHER = b"o" * TOKEN_BYTES_MIN


@JOURNAL.idea
async def a_repeated_call_stores_nothing_and_is_answered_as_before(scene: Scene) -> None:
    files = await stream_of(scene)
    call = [event(files), event(files, "b"), event(files)]
    first = await append(scene, *call, token=TOKEN, content_hash=b"same")
    await append(scene, event(files))
    again = await append(scene, *call, token=TOKEN, content_hash=b"same")
    assert again == first
    (later,) = (await append(scene, event(files))).sequences
    assert later == first.sequences[2] + 2, "the repeat has left a gap"
    assert len(await events_of(scene, files)) == 4


@JOURNAL.idea
async def a_token_that_stands_for_another_call_is_refused(scene: Scene) -> None:
    files = await stream_of(scene)
    await append(scene, event(files), token=TOKEN, content_hash=b"one")
    other = await append(scene, event(files), token=TOKEN, content_hash=b"other")
    assert other.token_conflict
    assert len(await events_of(scene, files)) == 1


@JOURNAL.idea
async def a_token_of_another_namespace_is_another_token(scene: Scene) -> None:
    files = await stream_of(scene)
    other = await scene.store.registry.namespace("other")
    foreign = (await scene.store.streams.resolve(other, ["files"]))["files"]
    assert foreign != files
    await append(scene, event(files), token=TOKEN)
    (reply,) = await scene.store.journal.append([AppendRequest(other, [event(foreign)], TOKEN)])
    assert not reply.token_conflict
    assert [each.sequence for each in await events_of(scene, foreign)] == reply.sequences


@JOURNAL.idea
async def a_repeat_shares_its_trip_with_fresh_calls(scene: Scene) -> None:
    files = await stream_of(scene)
    first = await append(scene, event(files), token=TOKEN)
    replies = await scene.store.journal.append(
        [
            request(scene, [event(files, "b")], OTHER),
            request(scene, [event(files)], TOKEN),
            request(scene, [event(files)], OTHER),
            request(scene, [event(files, "c")]),
        ]
    )
    assert replies[1] == first
    assert replies[2] == replies[0], "of two with one token in a trip the second is a repeat of the first"
    assert len(await events_of(scene, files)) == 1
    assert [e.sequence for e in await events_of(scene, files, "c")] == replies[3].sequences
    assert [e.sequence for e in await events_of(scene, files, "b")] == replies[0].sequences


@JOURNAL.idea
async def of_many_with_one_token_at_once_one_is_stored(scene: Scene) -> None:
    files = await stream_of(scene)
    replies = await asyncio.gather(*(append(scene, event(files), event(files, "b"), token=TOKEN) for _ in range(6)))
    assert all(reply == replies[0] for reply in replies)
    assert len(await events_of(scene, files)) == 1


@JOURNAL.idea
async def an_expected_sequence_is_the_subjects_last_one(scene: Scene) -> None:
    files = await stream_of(scene)
    (first,) = (await append(scene, event(files, expected=0))).sequences
    reply = await append(scene, event(files, expected=first), event(files, expected=first + 1), event(files, "b"))
    assert reply.sequences[:2] == [first + 1, first + 2]


@JOURNAL.idea
async def an_expectation_that_is_not_met_stores_nothing_of_its_call(scene: Scene) -> None:
    files = await stream_of(scene)
    (first,) = (await append(scene, event(files))).sequences
    for expected, position in ((0, 0), (first - 1, 0), (first + 1, 0)):
        reply = await append(scene, event(files, "b"), event(files, expected=expected))
        assert reply.conflict is not None
        assert (reply.conflict.position, reply.conflict.sequence) == (position + 1, first)
    never = await append(scene, event(files, expected=first), event(files, "new", expected=5))
    assert never.conflict is not None
    assert (never.conflict.position, never.conflict.sequence) == (1, 0)
    assert [each.sequence for each in await events_of(scene, files)] == [first]
    assert await events_of(scene, files, "b") == []
    assert await head_of(scene, files, "new") == 0


@JOURNAL.idea
async def of_many_that_expect_the_same_one_is_stored(scene: Scene) -> None:
    files = await stream_of(scene)
    (first,) = (await append(scene, event(files))).sequences
    replies = await asyncio.gather(*(append(scene, event(files, expected=first)) for _ in range(6)))
    assert [reply.sequences for reply in replies if reply.conflict is None] == [[first + 1]]
    assert {reply.conflict.sequence for reply in replies if reply.conflict} == {first + 1}


@JOURNAL.idea
async def a_repeat_of_a_call_with_an_expectation_is_answered_as_before(scene: Scene) -> None:
    files = await stream_of(scene)
    (first,) = (await append(scene, event(files))).sequences
    call = event(files, expected=first)
    done = await append(scene, call, token=TOKEN)
    assert await append(scene, call, token=TOKEN) == done
    assert done.sequences == [first + 1]


@JOURNAL.idea
async def a_refused_call_leaves_its_token_free(scene: Scene) -> None:
    files = await stream_of(scene)
    refused = await append(scene, event(files, expected=7), token=TOKEN)
    assert refused.conflict is not None
    assert (await append(scene, event(files, expected=0), token=TOKEN)).sequences


@JOURNAL.idea
async def a_text_that_no_store_keeps_refuses_the_trip_and_stores_nothing(scene: Scene) -> None:
    files = await stream_of(scene)
    calls = [request(scene, [event(files)]), request(scene, [event(files, type="a\x00b")])]
    try:
        await scene.store.journal.append(calls)
    except InvalidInput:
        assert await events_of(scene, files) == []
        return
    raise AssertionError("it was stored")
