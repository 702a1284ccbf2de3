"""The command line's door: finds the verb, runs it, turns what happened into an exit code.

Verbs are imported when they are called: `penstock --help` costs no gRPC and no settings.
"""

import importlib
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from typing import Annotated, Any, Final

import typer
from typer.core import TyperCommand, TyperGroup

from penstock.cli.exits import INTERRUPTED, OK, tell

VERBS: Final = {
    "dev": "Run the whole platform on this machine, with a worker for APP.",
    "server": "Run frontends and orchestrators on engines of your own.",
    "worker": "Run the lambdas of APP.",
    "schedule": "Schedule a task for LAMBDA.",
    "tasks": "List, show, explain, cancel and retry tasks.",
    "lanes": "Show what stands in lanes: how much, how old, and who serves it.",
    "dlq": "List, redrive and purge dead letters.",
    "sweeps": "List and stop orders over many tasks.",
    "periodic": "Make, look at, pause and backfill periodic schedules.",
    "tokens": "Create, list and revoke the tokens that callers show.",
    "gate": "Pause, drop or open what is due of LAMBDA.",
    "quota": "Bound what LAMBDA may schedule and start a second.",
    "endpoints": "Make lambdas of HTTP endpoints, look at them and remove them.",
    "publish": "Publish an event to STREAM.",
    "events": "Show the events of STREAM.",
    "streams": "List streams, and set how long they keep their events.",
    "schema": "Register schemas, and say how versions follow one another.",
    "ping": "Say that a subject of STREAM has come further at its source.",
    "cursors": "Show how far subscriptions have come, and move what stands.",
    "refresh": "Show how far refresh has come over each stream, and of STREAM what does not go on.",
    "replay": "Hand what SUBSCRIPTION has completed over to it again.",
    "verify": "Compare what the sources have with what the subscriptions have completed.",
    "doctor": "Look at settings, engines and limits, and say what is wrong.",
    "migrate": "Bring the PostgreSQL schema up to date.",
}
"""Each verb is the module of its name in `penstock.cli.verbs`."""


class LateVerbs(TyperGroup):
    """Knows the verbs by name and imports the one that is called."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = {name: TyperCommand(name, help=summary) for name, summary in VERBS.items()}
        self._listing = False

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """The list of verbs needs their summaries only."""
        self._listing = True
        super().format_help(ctx, formatter)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The verb itself, or its summary while help is printed."""
        if self._listing or cmd_name not in VERBS:
            return self.commands.get(cmd_name)
        module = importlib.import_module(f"penstock.cli.verbs.{cmd_name}")
        command = typer.main.get_command(module.verb)
        command.name = cmd_name
        return command


app = typer.Typer(cls=LateVerbs, no_args_is_help=True, add_completion=False)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"penstock {version('penstock')}")
        raise typer.Exit


@app.callback()
def penstock(
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Durable tasks on PostgreSQL and NATS JetStream."""


def run(arguments: Sequence[str]) -> int:
    """Runs one command line; returns its exit code: 0 ok, 1 failed, 2 usage."""
    try:
        code = typer.main.get_command(app).main(list(arguments), prog_name="penstock", standalone_mode=False)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return _leave_quietly()
    except SystemExit as stop:
        if isinstance(stop.__context__, BrokenPipeError):
            return _leave_quietly()
        return stop.code if isinstance(stop.code, int) else OK
    except Exception as error:  # noqa: BLE001 - the last door: every failure is told in one line
        return tell(error)
    return code if isinstance(code, int) else OK


def _leave_quietly() -> int:
    """The reader of our output has gone (`| head`): that is no failure, and there is nobody to tell."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return OK


def main() -> None:
    """The entry point of `penstock`."""
    sys.exit(run(sys.argv[1:]))
