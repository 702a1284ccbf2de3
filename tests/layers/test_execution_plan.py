"""Which lambdas share an executor: none, unless somebody says so."""

import pytest

from penstock.execution.plan import plan_groups
from penstock.model.errors import InvalidInput

LAMBDAS = ["mail.send", "mail.sweep", "mail.report"]


def test_every_lambda_has_an_executor_of_its_own() -> None:
    assert [list(group.lambdas) for group in plan_groups(LAMBDAS, {})] == [[name] for name in LAMBDAS]


def test_those_that_are_named_share_one_and_the_others_do_not() -> None:
    groups = plan_groups(LAMBDAS, {"small": ["mail.sweep", "mail.report"]})
    assert sorted(sorted(group.lambdas) for group in groups) == [["mail.report", "mail.sweep"], ["mail.send"]]


@pytest.mark.parametrize(
    "groups", [{"small": ["mail.nobody"]}, {"a": ["mail.send"], "b": ["mail.send"]}], ids=["unknown", "twice"]
)
def test_a_wrong_group_is_named(groups: dict[str, list[str]]) -> None:
    with pytest.raises(InvalidInput, match=r"groups\."):
        plan_groups(LAMBDAS, groups)
