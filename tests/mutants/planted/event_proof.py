"""Bugs in what becomes of events in hard cases: those that were given up, and those that few want."""

from typing import Final

from tests.mutants.mutant import Mutant

_POSTGRES: Final = "tests/contracts/test_postgres_contract.py::test_contract"
_GIVEN_UP: Final = "tests/layers/test_given_up.py"

EVENT_PROOF: Final = (
    Mutant(
        "who-goes-after-is-given-what-was-given-up",
        "flow/range_reader.py",
        "_without(sequences, wants[at]) if sequences else wants[at]",
        "wants[at]",
        (f"{_GIVEN_UP}::test_who_goes_after_skips_what_was_skipped",),
    ),
    Mutant(
        "what-was-given-up-two-before-is-given",
        "model/subscription_rules.py",
        "            to_do.extend(known[other].after)\n",
        "",
        (f"{_GIVEN_UP}::test_who_goes_after_skips_what_was_skipped",),
    ),
    Mutant(
        "the-store-tells-of-letters-that-block",
        "adapters/postgres/sql/event_letters_passed.sql",
        " and not e.blocks",
        "",
        (f"{_POSTGRES}[what_a_row_went_on_after_is_told_for_a_part_of_its_subject]",),
    ),
)
