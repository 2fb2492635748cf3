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
    chosen_scene,
)
from node.cli.margin.sheets import scene_report, sheet_report, sheet_table
from node.cli.options import AsJson
from node.cli.output import print_json, reporting_errors, table_console
from node.margin import Valuer


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
        scene = chosen_scene(market, parameters, tell=not as_json)
        valuer = Valuer(scene.market, scene.parameters.parameters)
        found = valuer.what_if(scene.book(portfolio), scene.book(trade), collateral)
    reports = {
        "before": sheet_report(found.before, scene),
        "after": sheet_report(found.after, scene),
    }
    if as_json:
        print_json({**scene_report(scene), "collateral": collateral, **reports})
    else:
        title = f"{portfolio.name} and {trade.name}, {scene.parameters.name}"
        table_console().print(sheet_table(reports, scene.underlying.quote_currency, title))
