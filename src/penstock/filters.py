"""Filters for `@app.on(..., filter=...)`, in the dialects of the CloudEvents Subscriptions API:

    from penstock.filters import any_of, exact, prefix, sql

    @app.on("orders", filter=any_of(prefix(type="order.paid."), sql("tenant = 'acme' AND NOT EXISTS test")))

Each is the JSON of that API as Python's dicts and lists, so one that you have as JSON goes as well as one built here.
What is wrong in one is told where it is used.
"""

from typing import Any

Filter = dict[str, Any]


def exact(**attributes: str) -> Filter:
    """Events all of whose named attributes have these texts: `exact(type="order.paid", tenant="acme")`."""
    return {"exact": attributes}


def prefix(**attributes: str) -> Filter:
    """Events all of whose named attributes begin with these texts."""
    return {"prefix": attributes}


def suffix(**attributes: str) -> Filter:
    """Events all of whose named attributes end with these texts."""
    return {"suffix": attributes}


def all_of(*filters: Filter) -> Filter:
    """Events that pass all of these."""
    return {"all": list(filters)}


def any_of(*filters: Filter) -> Filter:
    """Events that pass one of these at least."""
    return {"any": list(filters)}


def not_(unwanted: Filter) -> Filter:
    """Events that do not pass this one."""
    return {"not": unwanted}


def sql(expression: str) -> Filter:
    """Events for which a CESQL expression is true. One that fails for an event, say because an attribute is missing, is
    not true; `EXISTS name` asks whether it is there.
    """
    return {"sql": expression}
