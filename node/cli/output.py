"""How commands speak: data on stdout, messages and errors on stderr, `--json` for programs."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import typer
from rich.console import Console

from node.attestations import AttestationFileError
from node.errors import NodeError
from node.quoting import RefusedError

EXIT_FAILED = 1

_WIDTH_OF_A_PIPE = 160


def print_json(data: Any) -> None:
    """Data as JSON on stdout, in ASCII: what files and peers said cannot steer a terminal."""
    typer.echo(json.dumps(data, indent=2))


def say(message: str) -> None:
    """A message on stderr; what files and peers said in it cannot steer the terminal."""
    typer.echo(_printable(message), err=True)


def _printable(text: str) -> str:
    return "".join(each if each.isprintable() or each == "\n" else "\ufffd" for each in text)


def table_console() -> Console:
    """The console for tables on stdout; a pipe gets lines wide enough not to be folded."""
    console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = _WIDTH_OF_A_PIPE
    return console


def print_fields(fields: Mapping[str, object]) -> None:
    """Names and values on stdout, one to a line."""
    width = max(map(len, fields))
    for name, value in fields.items():
        line = _printable(f"{name:<{width}}  {value}")
        typer.echo(line.replace("\n", "\ufffd"))  # else a value could be a line of its own


def print_report(report: Mapping[str, object], as_json: bool) -> None:
    """A report for programs, or for people, on stdout."""
    if as_json:
        print_json(report)
    else:
        print_fields(report)


def sayer(as_json: bool) -> Callable[[str], None]:
    """`say` for people; for programs nothing, so that stderr holds an error and no more."""
    return (lambda _message: None) if as_json else say


@contextmanager
def working(message: str, as_json: bool = False) -> Iterator[None]:
    """Show on stderr that something takes a while: a spinner on a terminal, else one line.

    Programs are shown nothing.
    """
    if as_json:
        yield
        return
    console = Console(stderr=True, highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        say(message)
        yield
        return
    with console.status(message):
        yield


@contextmanager
def reporting_errors(as_json: bool) -> Iterator[None]:
    """Turn a NodeError into a report on stderr and exit code 1."""
    try:
        yield
    except NodeError as error:
        if as_json:
            typer.echo(json.dumps(error_data(error), indent=2), err=True)
        else:
            say(f"proofmark: {error}\n{error.help}")
        raise typer.Exit(EXIT_FAILED) from error


def error_data(error: NodeError) -> dict[str, Any]:
    """An error for programs: reason, message, way out, and every fault of a refused file."""
    message = str(error)
    details: dict[str, Any] = {"reason": error.reason.value}
    if isinstance(error, RefusedError | AttestationFileError):
        message = message.splitlines()[0].rstrip(":")
        details["faults"] = [dataclasses.asdict(fault) for fault in error.faults]
    return {"error": {**details, "message": message, "help": error.help}}
