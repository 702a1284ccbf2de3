"""The flags that several verbs share, and the settings they lead to."""

from pathlib import Path
from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Address = Annotated[
    str | None, typer.Option(metavar="HOST:PORT", help="The platform's address; else .penstock/address.")
]
Namespace = Annotated[str | None, typer.Option(help="The tenant to act for.")]
Folder = Annotated[Path | None, typer.Option(help="Where the engines' data and the address are kept.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
App = Annotated[str, typer.Argument(metavar="APP", help="module:attribute, such as shop.tasks:app")]
