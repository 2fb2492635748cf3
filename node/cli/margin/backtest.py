"""Placeholder."""

import typer


def register(group: typer.Typer) -> None:
    """Nothing yet."""
