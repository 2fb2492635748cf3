"""Sheets for people and for programs: rows, margins, money in quote currency."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any

from rich.table import Table

from circuits.statements.portfolio_margin import ScenarioRow
from circuits.statements.portfolio_margin.units import PARAMETER_ONE, SPOT_FACTOR_ONE
from node.cli.margin.inputs import Conditions
from node.margin import MarginSheet
from node.quoting import format_instant, scaled_to_decimal

WORST = "◀ worst"
_LEGEND = """\
rows: profit against today's mark, dampened; linear, absolute: a bent smile
equity: marks, cash and collateral
margins: equity beyond what the level asks for; healthy is 0 or more"""


def conditions_report(conditions: Conditions) -> dict[str, Any]:
    """Which market and parameters a sheet is of."""
    return {
        "underlying": conditions.underlying.symbol,
        "currency": conditions.underlying.quote_currency,
        "market": conditions.name,
        "snapshot_utc": format_instant(conditions.market.snapshot_unix),
        "spot": scaled_to_decimal(
            conditions.market.spot_ticks, power_of_ten=conditions.underlying.tick_exponent
        ),
        "parameters": conditions.parameters.name,
    }


def sheet_report(sheet: MarginSheet, conditions: Conditions) -> dict[str, Any]:
    """All numbers in full digits of quote currency, rounded down to cash atoms."""

    def money(value: Fraction | int) -> str:
        return scaled_to_decimal(floor(value), power_of_ten=conditions.atom_digits)

    return {
        "rows": [
            {**row_report(each.row), "profit": money(each.profit), "worst": each.is_worst}
            for each in sheet.rows
        ],
        "forward_contingency": money(sheet.forward_contingency),
        "worst": money(sheet.worst),
        "equity": money(sheet.equity),
        "initial_margin": money(sheet.initial),
        "maintenance_margin": money(sheet.maintenance),
    }


def row_report(row: ScenarioRow) -> dict[str, str]:
    """A scenario in natural units."""
    factor = Decimal(row.spot_factor) / SPOT_FACTOR_ONE
    return {
        "spot": f"{factor.normalize():f}",
        "volatility": row.rule.name.lower(),
        "dampening": f"{(Decimal(row.dampening) / PARAMETER_ONE).normalize():f}",
    }


def sheet_table(reports: dict[str, dict[str, Any]], currency: str, title: str) -> Table:
    """The rows of one or more sheets of the same scenarios side by side, worst rows marked."""
    table = Table("#", "spot", "volatility", title=title, caption=_LEGEND, caption_justify="left")
    table.add_column("dampening", justify="right")
    for name in reports:
        table.add_column(f"{name}, {currency}", justify="right", no_wrap=True)
    if len(reports) > 1:
        table.add_column("change", justify="right", no_wrap=True)
    for index, rows in enumerate(zip(*(each["rows"] for each in reports.values()), strict=True)):
        row = rows[0]
        table.add_row(
            str(index + 1),
            f"{Decimal(row['spot']) - 1:+.1%}",
            row["volatility"],
            row["dampening"],
            *_amounts([each["profit"] for each in rows], [each["worst"] for each in rows]),
        )
    table.add_section()
    for name, label in (
        ("forward_contingency", "forward contingency"),
        ("equity", "equity"),
        ("initial_margin", "initial margin"),
        ("maintenance_margin", "maintenance margin"),
    ):
        values = [each[name] for each in reports.values()]
        is_worst = [name == "forward_contingency" and _no_row_is_worst(r) for r in reports.values()]
        table.add_row("", label, "", "", *_amounts(values, is_worst))
    return table


def _no_row_is_worst(report: dict[str, Any]) -> bool:
    return not any(row["worst"] for row in report["rows"])


def _amounts(values: list[str], worst: list[bool]) -> list[str]:
    cells = [
        f"{Decimal(value):,.2f}{' ' + WORST if is_worst else ''}"
        for value, is_worst in zip(values, worst, strict=True)
    ]
    if len(values) > 1:
        cells.append(f"{Decimal(values[-1]) - Decimal(values[0]):+,.2f}")
    return cells
