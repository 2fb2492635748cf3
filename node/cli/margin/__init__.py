"""`proofmark margin`: what a book needs, and proofs of it, in the owner's process."""

from __future__ import annotations

import typer

from node.cli.margin import account, backtest, commit, prove, serve, show, what_if

_COMMANDS = (show, what_if, commit, prove, account, serve, backtest)


def register(app: typer.Typer) -> None:
    """Add the command and its parts."""
    group = typer.Typer(no_args_is_help=True)
    group.callback()(_margin)
    for command in _COMMANDS:
        command.register(group)
    app.add_typer(group, name="margin")


def _margin() -> None:
    """Margin of a hidden book, proven in this process.

    Only `serve` answers others: the account's key alone. `account` is the half on chain.
    """
