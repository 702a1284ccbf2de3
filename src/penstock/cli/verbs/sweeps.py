"""`penstock sweeps`: orders over many tasks: how far each has come, and an end to one."""

import typer

from penstock.cli.verbs import dlq

verb = typer.Typer(add_completion=False, no_args_is_help=True, help="List and stop orders over many tasks.")
verb.command("list")(dlq.sweeps)
verb.command("stop")(dlq.stop)
