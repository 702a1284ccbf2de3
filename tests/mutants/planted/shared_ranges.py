"""Bugs in what is read once for several subscriptions: too much, too little, for too long."""

from typing import Final

from tests.mutants.mutant import Mutant

_FILE: Final = "flow/shared_ranges.py"
_TESTS: Final = "tests/layers/test_shared_ranges.py"

SHARED_RANGES: Final = (
    Mutant(
        "what-was-read-is-taken-for-all-that-there-is",
        _FILE,
        "or asked.upto > kept.scanned or",
        "or",
        (f"{_TESTS}::test_what_goes_beyond_what_was_read_is_read",),
    ),
    Mutant(
        "what-comes-before-what-was-read-is-left-out",
        _FILE,
        "kept is None or asked.after < kept.after or",
        "kept is None or",
        (f"{_TESTS}::test_what_goes_beyond_what_was_read_is_read",),
    ),
    Mutant(
        "a-part-that-is-cut-off-counts-as-the-whole",
        _FILE,
        "return RangeRead(events, events[-1].sequence)",
        "return RangeRead(events, asked.upto)",
        (f"{_TESTS}::test_a_part_of_what_was_read_is_not_read_again",),
    ),
    Mutant(
        "what-was-read-stays-for-ever",
        _FILE,
        "or now_s > kept.until_s",
        "",
        (f"{_TESTS}::test_nothing_is_kept_for_long",),
    ),
)
