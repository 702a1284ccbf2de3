"""A folder on disk, looked at again and again."""

from penstock.adapters.folder.tree import FolderMissing
from penstock.adapters.folder.watch import FolderWatch

__all__ = ["FolderMissing", "FolderWatch"]
