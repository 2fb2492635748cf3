"""`proofmark doctor`: what is here, what is missing, and how to cure it."""

from __future__ import annotations

import dataclasses
from typing import Annotated

import typer
from rich.text import Text

from node.cli.options import AsJson, DataDirectory, settings_in
from node.cli.output import EXIT_FAILED, print_json, reporting_errors, table_console

_STYLES = {"ok": "green", "warn": "yellow", "fail": "red"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor")(doctor)


def doctor(
    rpc: Annotated[
        str | None, typer.Option("--rpc", help="Also look at the chain behind this URL.")
    ] = None,
    data_directory: DataDirectory = None,
    as_json: AsJson = False,
) -> None:
    """Check everything proofmark needs.

    Exit code 0: fit, with warnings perhaps; 1: not.
    """
    # web3 takes half a second to import: only the commands that speak to a chain pay for it.
    from node.cli.checks import Outcome, all_checks  # noqa: PLC0415

    console = table_console()
    failed = False
    found = []
    with reporting_errors(as_json):
        for check in all_checks(settings_in(data_directory), rpc):
            failed |= check.outcome is Outcome.FAIL
            found.append(dataclasses.asdict(check))
            if not as_json:
                cure = f"; {check.cure}" if check.cure else ""
                head = Text(f"{check.outcome.value:<5}", style=_STYLES[check.outcome.value])
                console.print(head + Text(f"{check.name}: {check.message}{cure}"), soft_wrap=True)
    if as_json:
        print_json({"fit": not failed, "checks": found})
    if failed:
        raise typer.Exit(EXIT_FAILED)
