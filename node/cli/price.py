"""`proofmark price`: the marks and Greeks of a chain file, without a proof."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from node.cli.output import print_json, reporting_errors, say, table_console
from node.quoting import GREEK_UNITS, PRICING, price_report, read_chain, scaled_to_decimal


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("price")(price)


def price(
    chain: Annotated[Path, typer.Option("--chain", help="Chain CSV file.", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="Exact digits as a JSON list.")] = False,
) -> None:
    """Price every option of a chain file.

    The numbers are exactly those a proof would show.
    """
    with reporting_errors(as_json):
        quoted = read_chain(chain, PRICING)
        for underlying in quoted.unlisted:
            tick = scaled_to_decimal(1, power_of_ten=underlying.tick_exponent)
            say(f"{underlying.symbol} is not listed: tick {tick} taken from its median forward")
        report = price_report(quoted)
    if as_json:
        print_json(report)
    else:
        table_console().print(_table(report))


def _table(report: Sequence[dict[str, Any]]) -> Table:
    """Rows for people: full price, the rest to six significant digits."""
    table = Table("underlying", "expiry", "type")
    for name in ("strike", "forward", "volatility", "price", *GREEK_UNITS):
        table.add_column(name, justify="right", no_wrap=True)
    for entry in report:
        inputs = entry["inputs"]
        table.add_row(
            entry["underlying"],
            entry["expiry_utc"],
            entry["option_type"],
            entry["strike"],
            inputs["forward"],
            f"{Decimal(inputs['implied_volatility']):.4%}",
            entry["price"],
            *(f"{Decimal(entry[name]):.6g}" for name in GREEK_UNITS),
        )
    return table
