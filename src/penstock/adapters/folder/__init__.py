"""A folder on disk, looked at again and again."""

from penstock.adapters.folder.tree import FolderMissing, look_at_folder
from penstock.adapters.folder.watch import FolderWatch

__all__ = ["FolderMissing", "FolderWatch", "look_at_folder"]
