"""`proofmark margin what-if`: every row and both margins before and after a trade."""

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
from node.cli.output import print_json, reporting_errors, table_console


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command("what-if")(what_if)


def what_if(
    portfolio: Portfolio,
    trade: Annotated[
        Path,
        typer.Option("--trade", help="Book CSV file of what changes.", show_default=False),
    ],
    market: Market = None,
    parameters: Parameters = DEFAULT_PARAMETERS,
    collateral: Collateral = 0,
    as_json: AsJson = False,
) -> None:
    """Show every scenario and both margins before and after a trade.

    A trade is a book file of changes: its amounts are added to the book's, premiums and fees are
    its cash.
    """
    with reporting_errors(as_json):
        conditions = chosen_conditions(market, parameters, tell=not as_json)
        book, change = conditions.book(portfolio), conditions.book(trade)
        found = conditions.valuer.what_if(book, change, collateral)
    reports = {
        "before": sheet_report(found.before, conditions),
        "after": sheet_report(found.after, conditions),
    }
    if as_json:
        print_json({**conditions_report(conditions), "collateral": collateral, **reports})
    else:
        title = f"{portfolio.name} and {trade.name}, {conditions.parameters.name}"
        table_console().print(sheet_table(reports, conditions.underlying.quote_currency, title))
