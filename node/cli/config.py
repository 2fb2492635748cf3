"""`proofmark config show`: every setting in force, and what it is for."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from node.cli.options import AsJson, DataDirectory
from node.cli.output import print_json, reporting_errors
from node.config import Settings, load_settings


def register(app: typer.Typer) -> None:
    """Add the command and its parts."""
    group = typer.Typer(no_args_is_help=True, help="Settings of the node and its commands.")
    group.callback()(_settings)
    group.command("show")(show)
    app.add_typer(group, name="config")


def show(
    config: Annotated[
        Path | None, typer.Option("--config", help="TOML file to read instead of the default.")
    ] = None,
    data_directory: DataDirectory = None,
    as_json: AsJson = False,
) -> None:
    """Print the settings in force, and what each is for.

    Flags win over PROOFMARK_… variables, those over the file, the file over defaults.
    """
    with reporting_errors(as_json):
        settings = load_settings(config, data_directory=data_directory)
    values = settings.model_dump(mode="json")
    if as_json:
        print_json(values)
        return
    for name, field in Settings.model_fields.items():
        typer.echo(f"# {field.description}")
        typer.echo(f"{name} = {'' if values[name] is None else values[name]}\n")


def _settings() -> None:
    """Settings of the node and its commands."""
