"""Bugs in sources and pings: what is passed over, told twice, or told of the wrong subject."""

from typing import Final

from tests.mutants.mutant import Mutant

_JOURNAL: Final = "tests/contracts/test_journal_sources.py::test_in_postgresql"
_TABLES: Final = "tests/contracts/test_table_sources.py"
_FOLDER: Final = "tests/contracts/test_folder_source.py"
_PINGS: Final = "tests/contracts/test_pings.py"
_DESK: Final = "tests/layers/test_frontend_ping.py"
_CUSTOM: Final = "tests/contracts/test_example_source.py"
_DRAWN: Final = "test_what_is_held_open_while_others_commit_is_not_passed[only its number is drawn-commit]"
_WRITTEN: Final = "test_what_is_held_open_while_others_commit_is_not_passed[its row is written-commit]"

SOURCES: Final = (
    Mutant(
        "a-reader-goes-where-a-ping-says",
        "adapters/postgres/journal_source.py",
        "return last if is_cut else max(last, min(each.upto, head))",
        "return last if is_cut else each.upto",
        (f"{_JOURNAL}[a_range_that_promises_more_than_there_is_ends_at_the_head]",),
    ),
    Mutant(
        "what-did-not-fit-counts-as-read",
        "adapters/postgres/journal_source.py",
        "is_cut=number == cut_at or len(events) == limit",
        "is_cut=False",
        (f"{_JOURNAL}[no_more_events_than_asked_for_and_the_rest_next_time]",),
    ),
    Mutant(
        "who-has-only-drawn-a-number-is-not-waited-for",
        "adapters/postgres/tables/horizon.py",
        "        now_open = set(found)\n",
        "        now_open: set[str] = set()\n",
        (f"{_TABLES}::{_DRAWN}", f"{_TABLES}::test_transactions_that_overlap_for_ever_hold_nobody_up_for_ever"),
    ),
    Mutant(
        "what-is-committed-after-the-look-is-settled-by-it",
        "adapters/postgres/tables/sql/horizon_look.sql",
        "select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as oldest,",
        "select pg_snapshot_xmax(pg_current_snapshot())::text::bigint + 1000 as oldest,",
        (f"{_TABLES}::test_a_number_drawn_after_a_savepoint_counts_as_drawn_then",),
    ),
    Mutant(
        "a-gap-is-read-over",
        "adapters/postgres/tables/sql/head_dense.sql",
        ") c on c.sequence = b.base + c.place",
        ") c on true",
        (f"{_TABLES}::test_a_gap_is_read_over_only_when_nobody_can_fill_it",),
    ),
    Mutant(
        "all-that-is-seen-is-read",
        "adapters/postgres/tables/sql/head_horizon.sql",
        "where t.{subject} = r.subject and {settled}",
        "where t.{subject} = r.subject and ({settled} or true)",
        (f"{_TABLES}::{_WRITTEN}", f"{_TABLES}::{_DRAWN}"),
    ),
    Mutant(
        "what-became-visible-late-is-not-told",
        "adapters/postgres/tables/sql/floor.sql",
        "where t.{recent} is not null and {settled} order by",
        "where t.{recent} is not null and ({settled} or true) order by",
        (f"{_TABLES}::{_WRITTEN}",),
    ),
    Mutant(
        "007-is-another-seven",
        "adapters/postgres/tables/subjects.py",
        'r"(0|-?[1-9][0-9]{0,18})\\Z"',
        'r"(-?[0-9]{1,19})\\Z"',
        (f"{_TABLES}::test_subjects_of_other_types[bigint-7-subjects0-none0]",),
    ),
    Mutant(
        "a-folder-that-is-not-mounted-deletes-all",
        "adapters/folder/watch.py",
        "if is_another and known.files and not tree.files:",
        "if is_another and known.files and not known.files:",
        (f"{_FOLDER}::test_a_folder_that_is_away_deletes_nothing",),
    ),
    Mutant(
        "a-folder-that-cannot-be-looked-into-is-empty",
        "model/folder.py",
        "if path not in seen and not _is_below(path, unseen)",
        "if path not in seen",
        ("tests/model/test_folder.py::test_what_stands_where_nobody_could_look_is_not_gone",),
    ),
    Mutant(
        "two-watches-number-a-change-twice",
        "adapters/postgres/sql/folder_write.sql",
        "where stream_id = $1 and version = $2",
        "where stream_id = $1 and version >= $2",
        (f"{_FOLDER}::test_two_watches_of_one_folder_tell_of_each_change_once",),
    ),
    Mutant(
        "a-path-that-comes-back-begins-anew",
        "adapters/postgres/sql/folder_write.sql",
        "greatest(last_sequence, (extract(epoch from penstock.clock()) * 1000000)::bigint) + cardinality",
        "(select count(*) from penstock.folder_file) + cardinality",
        (f"{_FOLDER}::test_a_path_that_comes_back_goes_on_above",),
    ),
    Mutant(
        "the-lowest-ping-stands",
        "adapters/jetstream/ping_queue.py",
        "elif known is None or known < ping.sequence:",
        "elif known is None or known > ping.sequence:",
        (f"{_PINGS}::test_on_jetstream[pings_of_a_subject_that_meet_are_one]",),
    ),
    Mutant(
        "pings-that-were-not-taken-are-gone",
        "adapters/jetstream/ping_listener.py",
        "            word = NAK_LATER\n",
        "            word = ACK\n",
        (f"{_PINGS}::test_on_jetstream[what_was_not_taken_comes_again]",),
    ),
    Mutant(
        "pings-live-in-memory",
        "adapters/jetstream/ping_stream.py",
        '"storage": "file",',
        '"storage": "memory",',
        (f"{_PINGS}::test_on_jetstream[what_was_in_the_queue_is_there_when_the_engine_returns]",),
    ),
    Mutant(
        "an-event-that-stood-pings-another-subject",
        "frontend/ping.py",
        "for position, each in enumerate(stored) if position not in stood)",
        "for position, each in enumerate(stored) if position not in stood or stood)",
        (f"{_DESK}::test_an_event_that_stood_says_nothing_about_the_subject_it_names_now",),
    ),
    Mutant(
        "a-source-of-somebodys-moves-a-cursor-out-of-its-range",
        "compose/custom_source.py",
        "    if not each.after <= answer.scanned <= each.upto:\n",
        "    if not each.after <= answer.scanned:\n",
        (f"{_CUSTOM}::test_an_answer_that_none_can_be_moves_no_cursor[answer1-with scanned 11, outside of the range]",),
    ),
)
