"""A function's parameters: bound to names by the caller, typed again by the worker."""

import inspect
import re
from collections.abc import Callable, Mapping
from inspect import Parameter
from typing import Any, Final, get_type_hints

import msgspec

from penstock.model.outcomes import Undecodable
from penstock.sdk.annotations import excluded_types, shown_annotation
from penstock.sdk.errors import WrongArguments
from penstock.sdk.payload import decode_other

Arguments = tuple[tuple[Any, ...], dict[str, Any]]
"""Positional and keyword arguments, ready for the call."""

_OF_OBJECT: Final = re.compile(
    r"Object (?:(?P<missing>missing required)|contains unknown) field `(?P<name>.*)`", re.DOTALL
)
_OF_VALUE: Final = re.compile(r"(?P<problem>.*) - at `\$\.(?P<name>\w+)(?P<inner>.*)`", re.DOTALL)
_BY_POSITION: Final = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)


class Binding:
    """What the caller needs, worked out once. Raises `TypeError` for a function that cannot be a task."""

    __slots__ = ("_by_name", "_excluded", "_function", "_label", "_ordered", "_required", "signature")

    def __init__(self, function: Callable[..., Any], label: str) -> None:
        self.signature = inspect.signature(function)
        self._function, self._label = function, label
        self._excluded: dict[str, frozenset[type]] | None = None
        parameters = self.signature.parameters.values()
        _refuse_what_has_no_name(label, parameters)
        self._ordered = tuple(each.name for each in parameters if each.kind in _BY_POSITION)
        self._by_name = frozenset(each.name for each in parameters if each.kind is not Parameter.POSITIONAL_ONLY)
        self._required = frozenset(each.name for each in parameters if each.default is Parameter.empty)

    def bind(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        """Values by name, defaults left out; raises `WrongArguments` as calling the function would, and for a plain
        value that the worker could not read.
        """
        bound = dict(zip(self._ordered, args))  # noqa: B905 - the keyword costs a third of the binding
        if kwargs:
            bound.update(kwargs)
        # A length that differs: too many positional arguments, or one given twice.
        if (
            len(bound) != len(args) + len(kwargs)
            or not self._by_name.issuperset(kwargs)
            or not self._required <= bound.keys()
        ):
            self._explain(args, kwargs)
        excluded = self._excluded if self._excluded is not None else self._find_excluded()
        for name, types in excluded.items():
            if name in bound and type(bound[name]) in types:
                kind, annotation = type(bound[name]).__name__, self.signature.parameters[name].annotation
                raise WrongArguments(
                    self._label, f"got a {kind} for {name!r}, which is annotated `{shown_annotation(annotation)}`"
                )
        return bound

    def _find_excluded(self) -> dict[str, frozenset[type]]:
        """At the first call, when all modules are loaded. What cannot be resolved here excludes nothing."""
        try:
            hints = get_type_hints(self._function)
        except Exception:  # noqa: BLE001 - an annotation may be any expression
            hints = {}
        excluded = {name: excluded_types(hint) for name, hint in hints.items()}
        self._excluded = {name: types for name, types in excluded.items() if types and name != "return"}
        return self._excluded

    def _explain(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        try:
            self.signature.bind(*args, **kwargs)
        except TypeError as error:
            raise WrongArguments(self._label, str(error)) from None
        raise AssertionError("inspect and Binding disagree")


class Unbinding:
    """What the worker needs: payloads to arguments, typed by the annotations.

    Raises `TypeError` at construction for annotations that cannot be resolved or read from JSON.
    """

    __slots__ = ("_by_keyword", "_by_position", "_decoder", "_label", "shape")

    def __init__(self, function: Callable[..., Any], label: str, signature: inspect.Signature) -> None:
        self._label = label
        hints = resolve_hints(function, label)
        parameters = signature.parameters.values()
        self._by_position = tuple(each.name for each in parameters if each.kind in _BY_POSITION)
        self._by_keyword = tuple(each.name for each in parameters if each.kind not in _BY_POSITION)
        try:
            self.shape: type[msgspec.Struct] = msgspec.defstruct(
                "Arguments",
                [_field(each, hints.get(each.name, Any)) for each in parameters],
                kw_only=True,
                forbid_unknown_fields=True,
            )
            self._decoder = msgspec.json.Decoder(self.shape, dec_hook=decode_other)
        except TypeError as error:
            raise TypeError(f"{label}: its parameters cannot be read from JSON: {error}") from None

    def decode(self, payload: bytes) -> Arguments:
        """Defaults filled in; raises `Undecodable` saying which argument is wrong."""
        try:
            values = self._decoder.decode(payload)
        except (msgspec.MsgspecError, UnicodeDecodeError, NotImplementedError, RecursionError) as error:
            raise Undecodable(f"{self._label}: {_told(str(error) or type(error).__name__)}") from None
        return (
            tuple([getattr(values, name) for name in self._by_position]),
            {name: getattr(values, name) for name in self._by_keyword},
        )


def _told(complaint: str) -> str:
    """What msgspec says of the payload's object, said of parameters."""
    if found := _OF_OBJECT.fullmatch(complaint):
        return f"parameter {found['name']!r} is missing" if found["missing"] else f"has no parameter {found['name']!r}"
    if found := _OF_VALUE.fullmatch(complaint):
        return f"parameter {found['name']!r}: {found['problem']}{found['inner'] and ' at $' + found['inner']}"
    return complaint


def resolve_hints(function: Callable[..., Any], label: str) -> dict[str, Any]:
    """Annotations as types; raises `TypeError` naming what cannot be found."""
    try:
        return get_type_hints(function, include_extras=True)
    except NameError as error:
        raise TypeError(f"{label}: {error}; a worker needs its annotations at run time") from None


def _field(parameter: Parameter, hint: Any) -> tuple[str, Any] | tuple[str, Any, Any]:
    if parameter.default is Parameter.empty:
        return (parameter.name, hint)
    # The very object that calling the function would use, whatever its type.
    return (parameter.name, hint, msgspec.field(default_factory=lambda: parameter.default))


def _refuse_what_has_no_name(label: str, parameters: Any) -> None:
    for each in parameters:
        if each.kind is Parameter.VAR_POSITIONAL:
            raise TypeError(f"{label}: *{each.name} has no names to store values by; take one list instead")
        if each.kind is Parameter.VAR_KEYWORD:
            raise TypeError(f"{label}: **{each.name} has no types to read values by; take one dict instead")
        if each.name == "self":
            raise TypeError(f"{label} is a method; a task is a function of a module")


def bind_by_name(label: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Mapping[str, Any]:
    """For a lambda known only by name: its parameters can only be named; raises `WrongArguments`."""
    if args:
        raise WrongArguments(label, "is known by name only: give its arguments by name, such as order=17")
    return kwargs
