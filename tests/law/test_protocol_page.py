"""The page for authors of workers names each field of the messages, each ending, and none that is gone."""

import re
from typing import Final

import pytest

from penstock.model.limits import BATCH_ROWS_MAX, CREDIT_MAX, GATE_SIGHT_S, MESSAGE_BYTES_MAX, RESULT_BYTES_MAX
from penstock.model.policy import LAPSES_MAX
from penstock.wire.v1 import penstock_pb2 as pb
from tests.law.tree import ROOT

PAGE: Final = (ROOT / "docs" / "protocol.md").read_text()
MESSAGES: Final = (
    pb.Hello,
    pb.WorkRequest,
    pb.WorkReply,
    pb.Assignments,
    pb.HeartbeatRequest,
    pb.HeartbeatReply,
    pb.SetResultsRequest,
    pb.SetResultsReply,
)


def named_under(heading: str) -> list[str]:
    """The first words of the rows of the table under a heading."""
    section = re.split(rf"^#+ {heading}$", PAGE, flags=re.MULTILINE)[1]
    section = re.split(r"^#+ ", section, flags=re.MULTILINE)[0]
    return re.findall(r"^\| `(\w+)` \|", section, flags=re.MULTILINE)


@pytest.mark.parametrize("message", MESSAGES, ids=lambda each: each.DESCRIPTOR.name)
def test_each_field_is_explained(message: type[pb.Hello]) -> None:
    assert sorted(named_under(message.DESCRIPTOR.name)) == sorted(message.DESCRIPTOR.fields_by_name)


def test_each_ending_is_explained() -> None:
    assert sorted(named_under("Endings")) == sorted(set(pb.Ending.keys()) - {"ENDING_UNSPECIFIED"})


def test_each_message_of_the_page_is_looked_at() -> None:
    assert re.findall(r"^### (\w+)$", PAGE, flags=re.MULTILINE) == [each.DESCRIPTOR.name for each in MESSAGES]


def test_numbers_are_those_of_the_code() -> None:
    for number in (
        f"{GATE_SIGHT_S} seconds",
        f"{CREDIT_MAX:,} ahead",
        f"{RESULT_BYTES_MAX // 1024} KiB",
        f"{MESSAGE_BYTES_MAX // 2**20} MiB",
        f"{BATCH_ROWS_MAX:,} a call",
        f"{LAPSES_MAX} times",
    ):
        assert number in PAGE
