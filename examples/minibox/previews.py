"""Previews: thumbnails of images, and text and Markdown as HTML."""

import html
import os
from hashlib import blake2b
from pathlib import Path

from markdown_it import MarkdownIt
from PIL import Image, UnidentifiedImageError

from penstock import Event

from .box import STREAM, FileChange, app, box
from .contents import IMAGES, MARKDOWN, read_text
from .history import witnessed

SIDE = 160
"""pixels of a thumbnail, at most"""
PIXELS_MAX = 50_000_000
"""a file of a few bytes can claim to be a picture that fills the memory"""
_LINES_MAX = 200
_MARKDOWN = MarkdownIt("commonmark", {"html": False})
"""what somebody uploads runs no script in somebody else's browser"""


@app.on(STREAM, start="beginning")
def previews(event: Event[FileChange]) -> None:
    """A preview of what a path holds now, or none."""
    with witnessed(event) as note:
        file, target = box().file(event.subject), preview_of(event.subject)
        if event.type == "file.deleted" or not _made(file, target):
            target.unlink(missing_ok=True)
        note.add(preview=target.is_file())


def preview_of(path: str) -> Path:
    """Where the preview of a path stands, if there is one."""
    kind = ".png" if Path(path).suffix.lower() in IMAGES else ".html"
    return box().previews / (blake2b(path.encode(), digest_size=12).hexdigest() + kind)


def _made(file: Path, target: Path) -> bool:
    """Appears as a whole: who looks sees the old one or the new one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f"{os.getpid()}-{target.name}")
    try:
        made = _thumbnail(file, unfinished) if target.suffix == ".png" else _page(file, unfinished)
    except (FileNotFoundError, NotADirectoryError):
        return False  # it has gone since; its next event says so, too
    if made:
        unfinished.replace(target)
    else:
        unfinished.unlink(missing_ok=True)
    return made


def _thumbnail(file: Path, target: Path) -> bool:
    small = thumbnail_of(file)
    if small is not None:
        small.save(target, "PNG")
    return small is not None


def thumbnail_of(file: Path) -> Image.Image | None:
    """None for what is no picture, or too much of one; raises `FileNotFoundError` and its like."""
    try:
        with Image.open(file) as image:
            if image.width * image.height > PIXELS_MAX:
                return None
            small = image.convert("RGB")
    except (FileNotFoundError, NotADirectoryError):
        raise
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError):
        return None  # broken, or half of it: no picture is no failure
    small.thumbnail((SIDE, SIDE))
    return small


def _page(file: Path, target: Path) -> bool:
    body = page_of(file)
    if body:
        target.write_text(f"<!doctype html><meta charset=utf-8><title>{html.escape(file.name)}</title>\n{body}\n")
    return bool(body)


def page_of(file: Path) -> str:
    """The first lines as HTML, "" for what has no words; raises `OSError`."""
    lines = read_text(file).strip().splitlines()
    text = "\n".join(lines[:_LINES_MAX])
    if not text:
        return ""
    return _MARKDOWN.render(text) if file.suffix.lower() in MARKDOWN else f"<pre>{html.escape(text)}</pre>"
