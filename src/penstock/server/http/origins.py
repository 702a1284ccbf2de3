"""Pages of a browser do not call this door behind their user's back: neither from elsewhere nor under another name."""

from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers

from penstock.server.http.problems import Problem
from penstock.settings import is_loopback

_OWN_SITES: Final = ("same-origin", "none")


def check_origin(headers: Headers) -> None:
    """Raises `Problem` for a request that a page from elsewhere has made."""
    site = headers.get("sec-fetch-site")
    origin = headers.get("origin")
    if (site is not None and site not in _OWN_SITES) or (
        origin is not None and origin.partition("://")[2] != headers.get("host", "")
    ):
        raise Problem(403, "pages from elsewhere may not call this: the request names another origin")


def check_host(headers: Headers, others: Collection[str] = ()) -> None:
    """For a door that asks nobody who they are: raises `Problem` for a name that somebody else has pointed at us."""
    named = headers.get("host", "")
    try:
        host = urlsplit(f"//{named}").hostname or ""
    except ValueError:
        host = ""
    if not is_loopback(host) and host not in others:
        raise Problem(421, f"{named[:80]!r} is no name of this server; use localhost or 127.0.0.1")
