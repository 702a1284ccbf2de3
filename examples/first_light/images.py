"""Width and height of PNG, GIF and JPEG images, out of their headers."""

import struct
from typing import BinaryIO

_PNG = b"\x89PNG\r\n\x1a\n"
# Start of frame: every coding of JPEG has its own, all carry the size. C4, C8 and CC are something else.
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_BARE = frozenset(range(0xD0, 0xD9)) | {0x01}


def image_size(file: BinaryIO) -> tuple[str, int, int] | None:
    """Media type, width, height; None for what is no image, or a broken one. Reads from the start."""
    file.seek(0)
    head = file.read(26)
    try:
        if head.startswith(_PNG) and head[12:16] == b"IHDR":
            return "image/png", *struct.unpack(">II", head[16:24])
        if head[:6] in (b"GIF87a", b"GIF89a"):
            return "image/gif", *struct.unpack("<HH", head[6:10])
        if head.startswith(b"\xff\xd8\xff"):
            return _jpeg_size(file)
    except struct.error:
        return None
    return None


def _jpeg_size(file: BinaryIO) -> tuple[str, int, int] | None:
    file.seek(2)
    while byte := file.read(1):
        if byte != b"\xff":
            return None
        while (marker := file.read(1)) == b"\xff":
            pass
        if not marker or marker[0] in _JPEG_BARE:
            continue
        (length,) = struct.unpack(">H", file.read(2))
        if marker[0] in _JPEG_FRAMES:
            height, width = struct.unpack(">xHH", file.read(5))
            return "image/jpeg", width, height
        if length < 2:
            return None
        file.seek(length - 2, 1)
    return None
