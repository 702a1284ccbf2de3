"""HTTP to the addresses of others."""

from penstock.adapters.http.poster import HttpPoster

__all__ = ["HttpPoster"]
