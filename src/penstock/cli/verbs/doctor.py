"""`penstock doctor`: looks at everything, changes nothing."""

from collections.abc import Iterator, Sequence
from typing import Final

import typer
from rich.text import Text

from penstock.cli.checkup.engines import look_at_engines, postgres_in_use
from penstock.cli.checkup.finding import Finding, Verdict
from penstock.cli.checkup.limits import look_at_limits
from penstock.cli.checkup.machine import look_at_machine
from penstock.cli.checkup.platform import look_at_platform
from penstock.cli.checkup.settings import look_at_settings
from penstock.cli.checkup.sources import look_at_sources
from penstock.cli.exits import FAILED, OK
from penstock.cli.flags import Address, AsJson, Folder
from penstock.cli.output import console, print_json
from penstock.cli.text import visible
from penstock.settings import Settings, load_settings

verb = typer.Typer(add_completion=False)

_MARKS: Final = {
    Verdict.FACT: ("   ", ""),
    Verdict.OK: ("ok ", "green"),
    Verdict.WARNING: ("!  ", "yellow"),
    Verdict.PROBLEM: ("BAD", "bold red"),
}


@verb.command()
def doctor(address: Address = None, folder: Folder = None, as_json: AsJson = False) -> int:
    """Look at settings, engines and limits, and say what is wrong.

    Exit code 1 if something is wrong. Passwords are not printed.
    """
    settings = load_settings(folder=folder)
    findings = list(_look(settings, address or settings.address or None))
    problems = [finding for finding in findings if finding.verdict is Verdict.PROBLEM]
    if as_json:
        print_json(
            {
                "well": not problems,
                "findings": [
                    {"area": each.area, "subject": each.subject, "text": each.text, "verdict": str(each.verdict)}
                    for each in findings
                ],
            }
        )
    else:
        _print(findings, problems)
    return FAILED if problems else OK


def _look(settings: Settings, address: str | None) -> Iterator[Finding]:
    yield from look_at_machine(settings.folder.resolve())
    yield from look_at_settings(settings)
    yield from look_at_engines(settings)
    yield from look_at_sources(settings, postgres_in_use(settings))
    yield from look_at_platform(address)
    yield from look_at_limits()


def _print(findings: Sequence[Finding], problems: Sequence[Finding]) -> None:
    out, area = console(), ""
    width = max(len(finding.subject) for finding in findings)
    for finding in findings:
        if finding.area != area:
            area = finding.area
            out.print(Text(f"\n{area}" if area != findings[0].area else area, "bold"))
        mark, style = _MARKS[finding.verdict]
        line = Text.assemble((f"{mark} ", style), f"{finding.subject:<{width}}  {visible(finding.text)}")
        out.print(line, soft_wrap=True)
    wrong = ", ".join(f"{each.area}: {each.subject}" for each in problems)
    end = f"\n{len(problems)} wrong ({wrong}): see BAD above" if problems else "\nall is well"
    out.print(Text(end, "bold red" if problems else "bold green"))
