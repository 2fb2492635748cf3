"""The picture of a book: what it gains over spot and volatility, for its owner.

Cuts through the model itself: the curves are scenario rows of a made-up parameter set whose spot
factors lie close together, once for each volatility rule. Needs matplotlib (extra `plot`).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from circuits.statements.portfolio_margin import (
    Book,
    MarginParameters,
    ScenarioRow,
    VolatilityRule,
)
from circuits.statements.portfolio_margin.units import (
    AMOUNT_STEPS_PER_CONTRACT,
    ROWS,
    SPOT_FACTOR_ONE,
)
from node.errors import NodeError, Reason
from node.margin.valuation import Valuer

_STEPS = 35
_RULES = {
    VolatilityRule.DOWN: ("volatility down", "#6fa8dc"),
    VolatilityRule.NONE: ("volatility as it is", "#0b5394"),
    VolatilityRule.UP: ("volatility up", "#cc4125"),
}


class PlotUnavailableError(NodeError):
    """matplotlib is not installed, or the file cannot be written."""

    reason = Reason.UNSUPPORTED

    @property
    def help(self) -> str:
        """How to get it."""
        return "Install the extra: pip install 'proofmark[plot]'; name a .png, .svg or .pdf file."


def draw_surface(book: Book, valuer: Valuer, collateral: int, path: Path) -> None:
    """Draw P&L over spot, a line for each volatility rule, and mark the set's own rows.

    Raises PlotUnavailableError, BookRefused.
    """
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415 - optional
    except ImportError as error:
        raise PlotUnavailableError("drawing needs matplotlib, which is not installed") from error
    unit = 10**valuer.market.tick_exponent * AMOUNT_STEPS_PER_CONTRACT
    spot = valuer.market.spot_ticks / 10**valuer.market.tick_exponent
    figure = Figure(figsize=(8.5, 5.0), layout="constrained")
    axes = figure.subplots()
    for rule, (label, colour) in _RULES.items():
        points = [
            (spot * each.row.spot_factor / SPOT_FACTOR_ONE, float(each.profit) / unit)
            for each in Valuer(valuer.market, _dense(valuer.parameters, rule)).quote(book).rows
        ]
        axes.plot(*zip(*points, strict=True), color=colour, label=label)
    sheet = valuer.quote(book, collateral)
    for each in sheet.rows:
        if each.row.rule in _RULES:
            place = spot * each.row.spot_factor / SPOT_FACTOR_ONE, float(each.profit) / unit
            colour = _RULES[each.row.rule][1]
            size = 110 if each.is_worst else 24
            mark = "*" if each.is_worst else "o"
            label = "worst row" if each.is_worst else None
            axes.scatter(*place, s=size, marker=mark, color=colour, zorder=3, label=label)
    axes.axvline(spot, color="#999999", linewidth=0.8, linestyle=":")
    axes.axhline(0, color="#999999", linewidth=0.8)
    axes.set_xlabel("spot")
    axes.set_ylabel("profit against the mark, quote currency")
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_title(
        f"{len(book.legs)} legs: initial margin {sheet.initial / unit:,.0f},"
        f" maintenance {sheet.maintenance / unit:,.0f} (dots: scenario rows)",
        fontsize=10,
    )
    axes.legend(frameon=False)
    try:
        figure.savefig(path)
    except (OSError, ValueError) as error:
        raise PlotUnavailableError(f"cannot draw {path}: {error}") from error


def _dense(parameters: MarginParameters, rule: VolatilityRule) -> MarginParameters:
    """The set with close spot factors under one rule, within its own widest moves, undamped."""
    factors = [row.spot_factor for row in parameters.rows if row.dampening >= 10**9 // 2]
    low, high = min(factors), max(factors)
    steps = min(_STEPS, ROWS)
    rows = {low + (high - low) * step // (steps - 1) for step in range(steps)}
    return replace(parameters, rows=tuple(ScenarioRow(each, rule) for each in sorted(rows)))
