"""Changes a few notes, and asks the index when all of them have been told of. See `search.py`."""

import time

from search import TOLD, Note, app, notes_with

from penstock import Event


def main() -> None:
    TOLD.unlink(missing_ok=True)
    changes = [("tea", "buy green tea"), ("list", "buy bread"), ("tea", "buy black tea"), ("list", "bread is bought")]
    app.publish_many_sync(Event("notes", note, "note.changed", Note(text)) for note, text in changes)
    app.publish_sync("notes", subject="tea", type="note.read")  # nobody asked for those
    app.publish_sync("notes", subject="draft-poem", type="note.changed", data=Note("o tea"))  # for the index only
    while not TOLD.exists() or len(TOLD.read_text().splitlines()) < len(changes):
        time.sleep(0.05)
    print(*sorted(TOLD.read_text().splitlines()), sep="\n")
    for word in ("buy", "green", "bread"):
        print(f"{word}: {', '.join(notes_with(word)) or 'nowhere'}")


main()
