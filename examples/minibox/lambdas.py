"""All of them, as a worker serves them: `penstock worker minibox.lambdas:app`."""

from . import audit, index, notify, permissions, previews, webhook
from .box import app

__all__ = ["app", "audit", "index", "notify", "permissions", "previews", "webhook"]
