"""What two looks at a folder say has happened in between."""

from __future__ import annotations

import json

import pytest

from penstock.model.folder import YOUNG_NS, FileChange, FileEvent, FileState, changes_between, is_young, told_data

ONE, TWO = FileState(1, 1, 10, 100), FileState(1, 2, 10, 100)
CREATED, CHANGED, MOVED, DELETED = FileEvent


@pytest.mark.parametrize(
    ("known", "seen", "changes"),
    [
        ({}, {}, []),
        ({"a": ONE}, {"a": ONE}, []),
        ({}, {"a": ONE}, [FileChange("a", CREATED, ONE)]),
        ({"a": ONE}, {}, [FileChange("a", DELETED, ONE)]),
        ({"a": ONE}, {"a": FileState(1, 1, 11, 100)}, [FileChange("a", CHANGED, FileState(1, 1, 11, 100))]),
        ({"a": ONE}, {"a": FileState(1, 1, 10, 101)}, [FileChange("a", CHANGED, FileState(1, 1, 10, 101))]),
        ({"a": ONE}, {"a": TWO}, [FileChange("a", CHANGED, TWO)]),
        ({"a": ONE}, {"b": ONE}, [FileChange("a", DELETED, ONE, "b"), FileChange("b", MOVED, ONE, "a")]),
        ({"b": ONE}, {"a": ONE}, [FileChange("a", MOVED, ONE, "b"), FileChange("b", DELETED, ONE, "a")]),
        (
            {"a": ONE, "b": TWO},
            {"b": ONE},
            [FileChange("a", DELETED, ONE, "b"), FileChange("b", CHANGED, ONE)],
        ),
        ({"a": ONE, "b": TWO}, {"a": TWO, "b": ONE}, [FileChange("a", CHANGED, TWO), FileChange("b", CHANGED, ONE)]),
        (
            {"a": ONE},
            {"b": FileState(1, 1, 11, 200)},
            [FileChange("a", DELETED, ONE), FileChange("b", CREATED, FileState(1, 1, 11, 200))],
        ),
        ({"a": ONE}, {"a": ONE, "b": ONE}, [FileChange("b", CREATED, ONE)]),
        (
            {"a": ONE, "b": ONE},
            {"c": ONE},
            [FileChange("a", DELETED, ONE, "c"), FileChange("b", DELETED, ONE), FileChange("c", MOVED, ONE, "a")],
        ),
    ],
)
def test_changes(known: dict[str, FileState], seen: dict[str, FileState], changes: list[FileChange]) -> None:
    assert changes_between(known, seen) == changes


def test_what_stands_where_nobody_could_look_is_not_gone() -> None:
    known = {"a/1": ONE, "ab/1": TWO, "b": ONE}
    assert changes_between(known, {}, ["a/"]) == [FileChange("ab/1", DELETED, TWO), FileChange("b", DELETED, ONE)]
    moved = changes_between({"a/1": ONE}, {"c": ONE}, ["a/"])
    assert moved == [FileChange("c", CREATED, ONE)], "where it was before, it may still be"


def test_a_file_is_young_for_a_moment_only() -> None:
    now_ns = 10**18
    for age_ns, young in ((0, True), (YOUNG_NS - 1, True), (YOUNG_NS, False), (-(10**9), True), (-(10**9) - 1, False)):
        assert is_young(FileState(1, 1, 1, now_ns - age_ns), now_ns) is young


def test_what_is_told() -> None:
    assert json.loads(told_data("a", CREATED, ONE, "")) == {"path": "a", "size": 10, "modified_us": 0}
    moved = json.loads(told_data("b", MOVED, FileState(1, 1, 10, 5_000), "a"))
    assert moved == {"path": "b", "size": 10, "modified_us": 5, "moved_from": "a"}
    assert json.loads(told_data("a", DELETED, ONE, "b")) == {"path": "a", "moved_to": "b"}
    assert [event.type for event in FileEvent] == ["file.created", "file.changed", "file.moved", "file.deleted"]
