"""The short-lived child of `inspection`: `python -m penstock.adapters.processes.inspect_main APP FD PARENT`."""

import os
import sys

import msgspec

from penstock.adapters.processes.app_loading import AppUnusable, load_app, unusable
from penstock.adapters.processes.inspection import AppDescription
from penstock.adapters.processes.lifeline import bind_life_to_parent


def describe(reference: str) -> AppDescription:
    """The app's lambdas and schedules, or what is wrong with it."""
    try:
        app = load_app(reference)
        return AppDescription(app.name, list(app.registrations()), list(app.schedules()))
    except AppUnusable as error:
        found = error
    except Exception as error:  # noqa: BLE001 - an app is users' code
        found = unusable(f"{reference} cannot be described", error)
    return AppDescription(problem=found.problem, traceback=found.traceback)


def main() -> int:
    """Answers over a pipe of its own: the app may print what it likes."""
    reference, fd, parent_pid = sys.argv[1:4]
    bind_life_to_parent(int(parent_pid))  # importing an app may take for ever
    with os.fdopen(int(fd), "wb") as answer:
        answer.write(msgspec.json.encode(describe(reference)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
