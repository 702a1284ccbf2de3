"""Which executors a worker starts: one for each lambda, unless the settings put some together."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from penstock.model.errors import InvalidInput


class Group(Struct, frozen=True):
    """Lambdas that share an executor process."""

    name: str
    lambdas: tuple[str, ...]


def plan_groups(lambdas: Sequence[str], groups: Mapping[str, Sequence[str]]) -> list[Group]:
    """Every lambda in exactly one group. Raises `InvalidInput` for a lambda that is unknown or in two groups."""
    place: dict[str, str] = {}
    planned = []
    for name, members in groups.items():
        for member in members:
            if member not in lambdas:
                raise InvalidInput(f"groups.{name}", f"the app has no lambda {member!r}")
            if member in place:
                raise InvalidInput(f"groups.{name}", f"{member!r} is in group {place[member]!r} already")
            place[member] = name
        if members:
            planned.append(Group(name, tuple(members)))
    planned.extend(Group(name, (name,)) for name in lambdas if name not in place)
    return planned
