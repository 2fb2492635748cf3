"""`proofmark margin backtest`: maintenance margins over the hours of a price file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from circuits.statements.portfolio_margin import SHIPPED, MarginParameters
from node.backtest import (
    BacktestRules,
    BookResult,
    HourlyBars,
    KupiecTest,
    read_bars,
    run_backtest,
)
from node.cli.margin.inputs import chosen_parameters
from node.cli.options import AsJson
from node.cli.output import print_json, reporting_errors, sayer, table_console, working
from node.errors import NodeError, Reason
from node.plots import draw_backtest

_DATES_SHOWN = 12
Level = Annotated[
    float,
    typer.Option("--level", help="Share of hours that may be exceptions, 0 to 1."),
]
Factor = Annotated[
    float, typer.Option("--factor", help="Implied over realised volatility, a guess.")
]


class BacktestRefusedError(NodeError):
    """The bars are too few, or a rule is out of range."""

    reason = Reason.INVALID_REQUEST


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command("backtest")(backtest)


def backtest(
    hours: Annotated[
        Path,
        typer.Option("--hours", help="CSV of hourly bars: hour, open, high, low, close."),
    ],
    parameters: Annotated[
        list[str] | None,
        typer.Option("--parameters", help="A set or a file; may be repeated. [all shipped]"),
    ] = None,
    level: Level = 0.001,
    factor: Factor = 1.1,
    plot: Annotated[
        Path | None, typer.Option("--plot", help="Also draw every exception (extra `plot`).")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Test maintenance margins on the hours of the past.

    Does an hour's loss exceed what was asked for? Standard books are struck anew every hour at
    100 % utilisation. The implied volatility is a stand-in: EWMA realised volatility of the bars
    (half life 72 h) times --factor.
    """
    with reporting_errors(as_json):
        sets = [(each, chosen_parameters(each).parameters) for each in parameters or SHIPPED]
        bars = read_bars(hours)
        rules = BacktestRules(level=level, volatility_factor=factor)
        with working(f"{len(bars.close):,} hours, {len(sets)} parameter sets", as_json):
            results = _run(bars, sets, rules)
        if plot is not None:
            draw_backtest(bars.name, bars.opened, bars.close, results, plot)
            sayer(as_json)(f"drew {plot}")
    if as_json:
        print_json([_report(each) for each in results])
        return
    title = f"{bars.name}: {results[0].at_close.observations:,} hours, level {level:.2%}"
    console = table_console()
    console.print(_table(results, title))
    console.print(_dates(results))


def _run(
    bars: HourlyBars, sets: list[tuple[str, MarginParameters]], rules: BacktestRules
) -> list[BookResult]:
    try:
        return run_backtest(bars, sets, rules)
    except ValueError as error:
        raise BacktestRefusedError(str(error)) from error


def _report(result: BookResult) -> dict[str, Any]:
    return {
        "parameters": result.parameters,
        "book": result.book,
        "mean_requirement_of_spot": round(result.mean_requirement, 6),
        "largest_loss_over_requirement": round(result.largest_use, 4),
        "at_close": _test(result.at_close, result.close_exceptions),
        "at_worst": _test(result.at_worst, result.worst_exceptions),
    }


def _test(test: KupiecTest, stamps: tuple[int, ...]) -> dict[str, Any]:
    return {
        "hours": test.observations,
        "exceptions": test.exceptions,
        "rate": test.rate,
        "level": test.level,
        "kupiec_statistic": round(test.statistic, 4),
        "p_value": round(test.p_value, 6),
        "too_many": test.is_too_many,
        "exceptions_at": [_hour(each) for each in stamps],
    }


def _hour(stamp: int) -> str:
    return datetime.fromtimestamp(stamp, UTC).strftime("%Y-%m-%dT%H:%MZ")


def _table(results: list[BookResult], title: str) -> Table:
    table = Table("parameters", "book", title=title)
    for name in ("requirement", "largest use", "at close", "p", "in the hour", "p", "verdict"):
        table.add_column(name, justify="right", no_wrap=True)
    for each in results:
        many = each.at_close.is_too_many or each.at_worst.is_too_many
        table.add_row(
            each.parameters,
            each.book,
            f"{each.mean_requirement:.2%}",
            f"{each.largest_use:.0%}",
            str(each.at_close.exceptions),
            f"{each.at_close.p_value:.3f}",
            str(each.at_worst.exceptions),
            f"{each.at_worst.p_value:.3f}",
            "too many" if many else "within",
        )
    return table


def _dates(results: list[BookResult]) -> Table:
    """Days with exceptions within the hour, the most exceptional first."""
    days: dict[str, dict[str, int]] = {}
    for each in results:
        for stamp in each.worst_exceptions:
            found = days.setdefault(_hour(stamp)[:10], {})
            found[each.parameters] = found.get(each.parameters, 0) + 1
    ordered = sorted(days.items(), key=lambda item: -sum(item[1].values()))
    title = f"{len(days)} days with exceptions; the {min(len(days), _DATES_SHOWN)} with the most"
    table = Table("day (UTC)", "exceptions within an hour, all books", title=title)
    for day, counts in ordered[:_DATES_SHOWN]:
        table.add_row(day, ", ".join(f"{name} {count}" for name, count in counts.items()))
    return table
