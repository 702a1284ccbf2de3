"""Task ids: a valid UUIDv7, its bucket inside, the same for the same call."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.model.errors import InvalidInput
from penstock.model.identity import (
    BUCKETS,
    TaskId,
    bucket_of,
    bucket_of_key,
    created_at_us,
    id_of_bytes,
    make_ids,
    parse_id,
    split_ids,
    text_of,
)

MS = 1_767_225_600_123
MANY = 10_000
BUCKETS_OF_KEYS = [510, 539, 644, 515, 869]


def test_ids_of_one_call_rise_and_differ() -> None:
    ids = make_ids(MS, b"seed", MANY)
    assert ids == sorted(ids)
    assert len(set(ids)) == MANY


def test_ids_rise_past_the_counters_end() -> None:
    """4,096 ids share a millisecond; the next ones borrow from the following."""
    ids = make_ids(MS, b"seed", 2 * 4096 + 1)
    assert [created_at_us(ids[index]) - MS * 1000 for index in (0, 4095, 4096, 8191, 8192)] == [0, 0, 1000, 1000, 2000]


@given(minted_at_ms=st.integers(0, 2**47), seed=st.binary(max_size=64), count=st.integers(0, 50))
def test_every_id_is_a_uuid_of_version_seven(minted_at_ms: int, seed: bytes, count: int) -> None:
    ids = make_ids(minted_at_ms, seed, count)
    assert len(ids) == count
    for task_id in ids:
        as_uuid = uuid.UUID(bytes=task_id)
        assert (as_uuid.version, as_uuid.variant) == (7, uuid.RFC_4122)
        assert created_at_us(task_id) == minted_at_ms * 1000


@given(seed=st.binary(max_size=64), buckets=st.lists(st.integers(0, BUCKETS - 1), max_size=40))
def test_a_bucket_comes_out_as_it_went_in(seed: bytes, buckets: list[int]) -> None:
    ids = make_ids(MS, seed, len(buckets), buckets)
    assert [bucket_of(task_id) for task_id in ids] == buckets
    for task_id in ids:
        as_uuid = uuid.UUID(bytes=task_id)
        assert (as_uuid.version, as_uuid.variant) == (7, uuid.RFC_4122)


def test_the_first_and_the_last_bucket_leave_all_other_bits_alone() -> None:
    (plain,) = make_ids(MS, b"seed", 1)
    for bucket in (0, BUCKETS - 1):
        (placed,) = make_ids(MS, b"seed", 1, [bucket])
        assert placed[:8] == plain[:8]
        assert placed[10:] == plain[10:]
        assert placed[9] & 0x0F == plain[9] & 0x0F


def test_without_buckets_chance_spreads_them() -> None:
    counts = [0] * BUCKETS
    for task_id in make_ids(MS, b"seed", 50 * BUCKETS):
        counts[bucket_of(task_id)] += 1
    assert min(counts) > 10
    assert max(counts) < 120


def test_the_same_call_makes_the_same_ids() -> None:
    assert make_ids(MS, b"token", 100) == make_ids(MS, b"token", 100)
    assert make_ids(MS, b"token", 10) == make_ids(MS, b"token", 100)[:10]


def test_another_token_or_another_time_makes_other_ids() -> None:
    ids = set(make_ids(MS, b"token", 1000))
    assert not ids & set(make_ids(MS, b"token2", 1000))
    assert not ids & set(make_ids(MS + 1, b"token", 1000))


def test_a_keys_bucket_never_changes() -> None:
    """These numbers are in stored ids: whoever changes the hash loses every key."""
    keys = [b"", b"a", b"reset-ada", "schlüssel".encode(), b"\x00" * 1024]
    assert [bucket_of_key(key) for key in keys] == BUCKETS_OF_KEYS


@given(key=st.binary(max_size=1024))
def test_every_key_has_a_bucket(key: bytes) -> None:
    assert 0 <= bucket_of_key(key) < BUCKETS


def test_text_and_bytes_are_the_same_id() -> None:
    (task_id,) = make_ids(MS, b"seed", 1)
    text = text_of(task_id)
    for form in (text, text.upper(), text.replace("-", ""), f"{{{text}}}", f"urn:uuid:{text}"):
        assert parse_id(form) == task_id
    assert id_of_bytes(bytes(task_id)) == task_id


@pytest.mark.parametrize("text", ["", "x", "0" * 31, "0" * 33, "g" * 32, "é" * 32, "\x00" * 32, "1" * 100_000])
def test_other_texts_are_refused_by_name(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"^task_id: ") as refusal:
        parse_id(text)
    assert len(str(refusal.value)) < 500


@pytest.mark.parametrize("size", [0, 1, 15, 17, 32])
def test_other_sizes_are_refused(size: int) -> None:
    with pytest.raises(InvalidInput, match=rf"^field: has {size} bytes"):
        id_of_bytes(b"x" * size, "field")


def test_a_column_of_ids_is_split() -> None:
    ids = make_ids(MS, b"seed", 5)
    assert split_ids(b"".join(ids)) == ids
    assert split_ids(b"") == []
    for size in (1, 15, 17, 79):
        with pytest.raises(InvalidInput, match="no multiple of 16"):
            split_ids(b"x" * size)


def test_ids_made_later_sort_later() -> None:
    assert max(make_ids(MS, b"z", 4096)) < min(make_ids(MS + 1, b"a", 4096))


def test_an_id_is_sixteen_bytes() -> None:
    assert {len(task_id) for task_id in make_ids(MS, b"seed", 100)} == {16}
    assert isinstance(TaskId(b"x" * 16), bytes)
