"""The schema registry by the REST interface that its clients in all languages speak."""

from penstock.server.http.registry.app import RegistryApp

__all__ = ["RegistryApp"]
