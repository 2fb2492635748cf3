"""`proofmark margin show`: the scenario table of a book, worst row marked, both margins."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from node.cli.margin.inputs import (
    DEFAULT_PARAMETERS,
    Collateral,
    Market,
    Parameters,
    Portfolio,
    chosen_conditions,
)
from node.cli.margin.sheets import conditions_report, sheet_report, sheet_table
from node.cli.options import AsJson
from node.cli.output import print_json, reporting_errors, sayer, table_console
from node.plots import draw_book


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command("show")(show)


def show(
    portfolio: Portfolio,
    market: Market = None,
    parameters: Parameters = DEFAULT_PARAMETERS,
    collateral: Collateral = 0,
    plot: Annotated[
        Path | None,
        typer.Option("--plot", help="Also draw P&L over spot and volatility (extra `plot`)."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show a book's profit in every scenario, and both margins.

    Money is in quote currency. A margin is the equity beyond what its level (initial: to open
    positions and withdraw; maintenance: to keep them) asks for: healthy is 0 or more.
    """
    with reporting_errors(as_json):
        conditions = chosen_conditions(market, parameters, tell=not as_json)
        book = conditions.book(portfolio)
        sheet = conditions.valuer.quote(book, collateral)
        if plot is not None:
            draw_book(book, conditions.valuer, collateral, plot)
            sayer(as_json)(f"drew {plot}")
    report = sheet_report(sheet, conditions)
    head = {**conditions_report(conditions), "legs": len(book.legs), "collateral": collateral}
    if as_json:
        print_json({**head, **report})
        return
    title = (
        f"{portfolio.name}: {len(book.legs)} legs of {head['underlying']}, {head['parameters']},"
        f" {head['snapshot_utc']}, spot {head['spot']}"
    )
    table_console().print(sheet_table({"profit": report}, head["currency"], title))
