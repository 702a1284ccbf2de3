"""`penstock tokens`: who may call."""

import sys
import time
from typing import Annotated, Final

import typer

from penstock.cli.flags import Address, AsJson
from penstock.cli.output import print_facts, print_json, print_table
from penstock.cli.token_desk import PlatformTokens, StoreTokens, Tokens
from penstock.cli.when import iso, local, parse_duration_us
from penstock.model.access import Role
from penstock.model.access_token import AccessToken
from penstock.model.errors import InvalidInput

verb = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Create, list and revoke the tokens that callers show."
)

NEVER: Final = "never"
AtStore = Annotated[
    bool,
    typer.Option("--at-store", help="Directly in PENSTOCK_POSTGRES_URL: for the first token, when none can be shown."),
]


@verb.command()
def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Who or what it is for, such as ci or mail-worker.")],
    role: Annotated[Role, typer.Option(help="What it may do; docs/access.md has the table.")],
    namespace: Annotated[
        list[str] | None, typer.Option(help="What it is for; may be repeated; * for all. Else `default`.")
    ] = None,
    expires: Annotated[str, typer.Option(help="How long it is good: 90d, 12h, or never.")] = "365d",
    at_store: AtStore = False,
    as_json: AsJson = False,
    address: Address = None,
) -> None:
    """Make a token and print it, this once: only a hash of it is kept.

    The token goes to standard output, what it is to standard error, so that `> token` makes a token file.
    """
    token, text = _place(at_store, address).create(name, role, namespace or ["default"], _expiry_s(expires))
    if as_json:
        print_json({**_json(token), "token": text})
        return
    good = f"until {local(token.expires_at_us)}" if token.expires_at_us else "until it is revoked"
    print(
        f"{token.name} ({token.id}): {token.role} of {', '.join(token.namespaces)}, good {good}; "
        "this is the only time that its secret is shown",
        file=sys.stderr,
    )
    print(text)


@verb.command("list")
def list_tokens(at_store: AtStore = False, as_json: AsJson = False, address: Address = None) -> None:
    """List tokens, the newest first; never their secrets. Those whose namespaces are yours."""
    tokens = _place(at_store, address).newest()
    if as_json:
        print_json([_json(token) for token in tokens])
    elif tokens:
        print_table(("ID", "NAME", "ROLE", "STATE", "LAST USED", "CREATED BY", "NAMESPACES"), [_row(t) for t in tokens])
    else:
        print("no tokens", file=sys.stderr)


@verb.command()
def revoke(
    token_id: Annotated[str, typer.Argument(metavar="ID", help="As `tokens list` shows it; the secret is not needed.")],
    at_store: AtStore = False,
    as_json: AsJson = False,
    address: Address = None,
) -> None:
    """Revoke a token: within seconds every server refuses it, and the streams that it opened end."""
    token = _place(at_store, address).revoke(_id_of(token_id))
    if as_json:
        print_json(_json(token))
    else:
        facts = (("id", token.id), ("name", token.name), ("revoked", local(token.revoked_at_us)))
        print_facts([*facts, ("revoked by", token.revoked_by)])


def _place(at_store: bool, address: str | None) -> Tokens:
    if at_store and address:
        raise InvalidInput("--at-store", "and --address exclude each other: it is one place or the other")
    return StoreTokens() if at_store else PlatformTokens(address)


def _expiry_s(text: str) -> float:
    if text == NEVER:
        return 0.0
    expiry_s = parse_duration_us(text, "--expires") / 1_000_000
    if not expiry_s:
        raise InvalidInput("--expires", f"{text[:40]!r} is over at once; write 90d or 12h, or {NEVER}")
    return expiry_s


def _id_of(text: str) -> str:
    """The id in what was typed: whoever pastes a whole token means its id, and it is repeated nowhere."""
    parts = text.split("_")
    return parts[1] if len(parts) == 3 and parts[0] == "penstock" else text


def _row(token: AccessToken) -> tuple[str, ...]:
    used = local(token.last_used_at_us) or "never"
    return (token.id, token.name, token.role, _state(token), used, token.created_by, ", ".join(token.namespaces))


def _state(token: AccessToken) -> str:
    if token.revoked_at_us:
        return f"revoked {local(token.revoked_at_us)}"
    if not token.expires_at_us:
        return "good"
    word = "good until" if token.expires_at_us > time.time() * 1_000_000 else "expired"
    return f"{word} {local(token.expires_at_us)}"


def _json(token: AccessToken) -> dict[str, object]:
    return {
        "id": token.id,
        "name": token.name,
        "role": token.role,
        "namespaces": list(token.namespaces),
        "created_at": iso(token.created_at_us),
        "created_by": token.created_by,
        "expires_at": iso(token.expires_at_us),
        "revoked_at": iso(token.revoked_at_us),
        "revoked_by": token.revoked_by or None,
        "last_used_at": iso(token.last_used_at_us),
    }
