"""What may be asked of a replay. Pure."""

from collections.abc import Sequence
from typing import Final

from penstock.model.errors import InvalidInput, LimitExceeded
from penstock.model.event_rules import SEQUENCE_MAX, TIME_US_MAX, check_subject

REPLAY_SUBJECTS_MAX: Final = 1_000


def check_bounds(from_sequence: int, from_us: int, to_sequence: int, to_us: int) -> None:
    """Where a replay begins and ends, both included; 0 is no bound. Raises `InvalidInput`."""
    for field, sequence, at_us in (("from", from_sequence, from_us), ("to", to_sequence, to_us)):
        if sequence and at_us:
            raise InvalidInput(field, "is a sequence and a time at once; name one of them")
        if not 0 <= sequence <= SEQUENCE_MAX:
            raise InvalidInput(field, f"{sequence} is no sequence; they are positive")
        if not 0 <= at_us <= TIME_US_MAX:
            raise InvalidInput(field, f"{at_us} is no time in microseconds since 1970")
    if (to_sequence and from_sequence > to_sequence) or (to_us and from_us > to_us):
        raise InvalidInput("from", "is after the end of the replay; nothing is between them")


def check_subjects(subjects: Sequence[str], has_sequences: bool) -> None:
    """The subjects that are named; none: all. Raises `InvalidInput`."""
    if len(subjects) > REPLAY_SUBJECTS_MAX:
        raise LimitExceeded("subjects", f"are {len(subjects)}; the limit is {REPLAY_SUBJECTS_MAX} a call")
    for subject in subjects:
        check_subject(subject, "subjects")
    if len(set(subjects)) < len(subjects):
        raise InvalidInput("subjects", "names one of them twice")
    if has_sequences and len(subjects) != 1:
        raise InvalidInput("from", "and `to` can be sequences of one subject only, as each has its own; use a time")
