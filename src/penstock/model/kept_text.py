"""What is kept of a text that somebody else wrote: as much as fits, free of what no store can keep."""


def kept_start(text: str, bytes_max: int) -> str:
    """The beginning of a text that fits."""
    raw = text[:bytes_max].replace("\x00", "\\x00").encode("utf-8", "backslashreplace")
    return raw[:bytes_max].decode("utf-8", "ignore")


def kept_end(text: str, bytes_max: int) -> str:
    """The end of a text that fits: a traceback's last lines say the most."""
    raw = text[-bytes_max:].replace("\x00", "\\x00").encode("utf-8", "backslashreplace")
    return raw[-bytes_max:].decode("utf-8", "ignore")
