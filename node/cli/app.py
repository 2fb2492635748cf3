"""The command line as a whole: every command is a module with `register(app)`."""

from __future__ import annotations

import resource
from importlib import metadata
from typing import Annotated

import typer

from node.cli import (
    audit,
    bench,
    config,
    demo,
    demo_margin,
    deploy,
    deploy_letters,
    doctor,
    margin,
    oracle,
    price,
    prove,
    relay,
    serve,
    setup,
    verify,
)

_COMMANDS = (
    demo,
    demo_margin,
    setup,
    serve,
    oracle,
    price,
    prove,
    margin,
    verify,
    relay,
    deploy,
    deploy_letters,
    audit,
    bench,
    doctor,
    config,
)


def build_app() -> typer.Typer:
    """The application with all commands."""
    app = typer.Typer(
        name="proofmark",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(_options)
    for command in _COMMANDS:
        command.register(app)
    return app


def main() -> None:
    """Entry point of the script `proofmark`. Keys and books are in no core dump."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    build_app()(prog_name="proofmark")


def _show_version(wanted: bool) -> None:
    if not wanted:
        return
    try:
        version = metadata.version("proofmark")
    except metadata.PackageNotFoundError:
        version = "not installed"
    typer.echo(f"proofmark {version}")
    raise typer.Exit


def _options(
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version.", callback=_show_version, is_eager=True),
    ] = False,
) -> None:
    """Option prices in exact integers, with proofs that anyone can verify."""
