"""What a function that subscribes to a stream takes: a list of events, or one event."""

import inspect
from collections.abc import Callable, Collection, Iterable, Sequence
from inspect import Parameter
from typing import Annotated, Any, Final, get_args, get_origin, get_type_hints

from msgspec import Struct

from penstock.sdk.annotations import shown_annotation
from penstock.sdk.event import Event

_LISTS: Final = (list, Sequence, Collection, Iterable)
_POSITIONAL: Final = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
_WANTED: Final = "write `events: list[Event]`, or `event: Event` for one at a time; Event[T] has data of type T"


class Taken(Struct, frozen=True):
    """What an event lambda's function takes."""

    one_by_one: bool
    """True: one event. False: all of a delivery"""
    data_type: Any
    """of the events' data; `Any`: whatever the JSON holds"""


def what_it_takes(function: Callable[..., Any], label: str) -> Taken:
    """Read from the function's signature; raises `TypeError` saying what to write."""
    parameter = _only_parameter(function, label)
    annotation = _resolved(function, parameter, label)
    if get_origin(annotation) in _LISTS and (inside := get_args(annotation)):
        return Taken(one_by_one=False, data_type=_data_type(inside[0], annotation, parameter, label))
    return Taken(one_by_one=True, data_type=_data_type(annotation, annotation, parameter, label))


def _only_parameter(function: Callable[..., Any], label: str) -> Parameter:
    parameters = list(inspect.signature(function).parameters.values())
    if not parameters or parameters[0].kind not in _POSITIONAL:
        raise TypeError(f"{label} has no parameter for its events; {_WANTED}")
    if parameters[0].name in ("self", "cls"):
        raise TypeError(f"{label} is a method; what subscribes is a function of a module")
    for other in parameters[1:]:
        if other.default is Parameter.empty and other.kind not in (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD):
            raise TypeError(f"{label}: nobody fills its parameter {other.name!r}: it is given events, and no more")
    return parameters[0]


def _resolved(function: Callable[..., Any], parameter: Parameter, label: str) -> Any:
    if parameter.annotation is Parameter.empty:
        raise TypeError(f"{label}: its parameter {parameter.name!r} has no type; {_WANTED}")

    def probe() -> None: ...

    # This annotation alone: what the others name may be defined further down.
    probe.__annotations__ = {"events": parameter.annotation}
    namespace = getattr(inspect.unwrap(function), "__globals__", {})  # a wrapper's may be another module's
    try:
        annotation = get_type_hints(probe, globalns=namespace, include_extras=True)["events"]
    except NameError as error:
        raise TypeError(
            f"{label}: the type of its parameter {parameter.name!r}, {shown_annotation(parameter.annotation)}, "
            f"cannot be found: {error}; define or import it above the function, at the top of the module"
        ) from None
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    return annotation


def _data_type(one: Any, annotation: Any, parameter: Parameter, label: str) -> Any:
    if one is Event:
        return Any
    if get_origin(one) is Event:
        return get_args(one)[0]
    raise TypeError(
        f"{label}: its parameter {parameter.name!r} is annotated `{shown_annotation(annotation)}`, and it is given "
        f"events; {_WANTED}"
    )
