"""What an annotation of plain types says of a value by a look at the value's type alone."""

from types import NoneType, UnionType
from typing import Any, Final, Union, get_args, get_origin

_SCALARS: Final = (NoneType, bool, int, float, str, bytes)
_PLAIN: Final = frozenset({NoneType, bool, int, float, str, list, tuple, dict})
_TAKES: Final[dict[Any, frozenset[type]]] = {
    NoneType: frozenset({NoneType}),
    bool: frozenset({bool}),
    int: frozenset({int}),
    float: frozenset({float, int}),
    str: frozenset({str}),
}
"""Which plain values are read as what. Values of other types are written in their own ways: they aren't judged."""


def certain_types(annotation: Any) -> frozenset[type]:
    """A value of exactly such a type is what the annotation says."""
    if annotation is Any:
        return frozenset(_SCALARS)
    return frozenset(scalar for scalar in _SCALARS if any(scalar is each for each in _named(annotation)))


def excluded_types(annotation: Any) -> frozenset[type]:
    """A value of exactly such a type is not; none when the annotation names more than plain scalars."""
    named = _named(annotation)
    if not all(any(each is scalar for scalar in _TAKES) for each in named):
        return frozenset()
    return _PLAIN.difference(*(_TAKES[each] for each in named))


def shown_annotation(annotation: Any) -> str:
    """As its author wrote it, or nearly."""
    if annotation in (None, NoneType):
        return "None"
    if isinstance(annotation, str) or get_args(annotation):
        return str(annotation)
    return str(getattr(annotation, "__qualname__", annotation))


def _named(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)
