"""The lambdas of `search.py` without a platform: `pytest test_search.py`."""

from pathlib import Path

import pytest
import search

from penstock import Event, InvalidInput
from penstock.testing.deliveries import deliver_sync


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def change(note: str, text: str) -> Event[search.Note]:
    return Event("notes", note, "note.changed", search.Note(text))


def test_the_last_change_of_a_note_is_what_is_found() -> None:
    outcome = deliver_sync(search.index, change("tea", "green tea"), change("tea", "black tea"))
    assert (outcome.verdict, outcome.done) == ("done", 2)
    assert (search.notes_with("black"), search.notes_with("green")) == (["tea"], [])


def test_what_is_no_note_is_a_dead_letter_and_those_before_it_are_done() -> None:
    outcome = deliver_sync(search.index, change("tea", "green tea"), change("tea", "x" * 1_001))
    assert (outcome.verdict, outcome.done) == ("dead", 1)
    assert search.notes_with("green") == ["tea"]
    assert deliver_sync(search.index, Event("notes", "tea", "note.changed", {"words": 7})).verdict == "dead"


def test_told_comes_after_index() -> None:
    deliver_sync(search.index, change("tea", "green tea"))
    assert deliver_sync(search.told, change("tea", "green tea")).verdict == "done"
    assert Path("told.txt").read_text() == "tea: 'green tea', after it was indexed\n"


def test_drafts_are_found_but_not_told() -> None:
    assert deliver_sync(search.index, change("draft-poem", "o tea")).verdict == "done"
    with pytest.raises(InvalidInput, match="filtered out"):
        deliver_sync(search.told, change("draft-poem", "o tea"))
