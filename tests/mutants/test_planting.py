"""The list is good: every bug still has its place, a name of its own, and tests that must see it."""

import pytest

from tests.mutants.mutant import DoesNotApply, Mutant
from tests.mutants.observer import Record
from tests.mutants.planted import MUTANTS
from tests.mutants.trial import among, passes
from tests.mutants.workshop import ROOT

MUTANTS_MIN = 16
IDEAS = "".join(file.read_text("utf-8") for file in (ROOT / "src/penstock/testing/contracts").glob("*.py"))
CONTRACTS = {"test_the_memory_store_keeps_the_contract", "test_contract"}
"""tests that are called once for each idea of a contract"""


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_every_bug_can_still_be_planted(mutant: Mutant) -> None:
    """Where this fails, the code has moved on: change `old` and `new` so that the same thing goes wrong again."""
    text = (ROOT / mutant.path).read_text("utf-8")
    assert mutant.planted_in(text) != text
    assert mutant.caught_by
    for target in mutant.caught_by:
        file, _, test = target.partition("::")
        name, _, idea = test.rstrip("]").partition("[")
        assert f"def {name}(" in (ROOT / file).read_text("utf-8"), target
        if name in CONTRACTS:
            assert f"def {idea}(" in IDEAS, target


def test_names_are_unique_and_there_are_enough() -> None:
    names = [mutant.name for mutant in MUTANTS]
    assert len(set(names)) == len(names) >= MUTANTS_MIN


@pytest.mark.parametrize("text", ["b = 1", "a = 1\na = 1"])
def test_a_bug_is_planted_in_one_place_or_not_at_all(text: str) -> None:
    with pytest.raises(DoesNotApply, match="not once"):
        Mutant("a", "a.py", "a = 1", "a = 2", ("t.py",)).planted_in(text)


def test_a_target_is_a_test_or_all_of_its_forms_or_all_of_a_file() -> None:
    ran = ["tests/a.py::test_one", "tests/a.py::test_two[x]"]
    assert all(among(target, ran) for target in ("tests/a.py::test_one", "tests/a.py::test_two", "tests/a.py"))
    assert not any(among(target, ran) for target in ("tests/a.py::test", "tests/a.py::test_two[y]", "tests/b.py"))


def test_who_fails_without_a_bug_or_does_not_run_is_no_witness() -> None:
    record = Record("", passed=["a.py::test_one", "a.py::test_two[x]"], failed=["a.py::test_two[y]"])
    assert passes("a.py::test_one", record)
    assert passes("a.py::test_two[x]", record)
    assert not passes("a.py::test_two", record)
    assert not passes("a.py::test_three", record)
