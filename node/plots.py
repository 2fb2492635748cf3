"""Pictures: what a book gains over spot and volatility, and where a backtest found exceptions.

Every number comes from the model: curves and surface are rows of made-up parameter sets whose spot
factors lie close together. Needs matplotlib (extra `plot`); its one door in the product.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from circuits.statements.portfolio_margin import (
    Book,
    MarginParameters,
    ScenarioRow,
    VolatilityRule,
)
from circuits.statements.portfolio_margin.units import (
    AMOUNT_STEPS_PER_CONTRACT,
    PARAMETER_ONE,
    SPOT_FACTOR_ONE,
)
from node.backtest import BookResult
from node.errors import NodeError, Reason
from node.margin import MarginSheet, Valuer

_STEPS = 33
_SETS = ("#0b5394", "#cc4125", "#38761d", "#674ea7")
_FACTORS = tuple(Fraction(n, 20) for n in range(10, 41, 2))
"""Multiples of today's volatilities that the surface shows: 0.5 to 2."""
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


def draw_book(book: Book, valuer: Valuer, collateral: int, path: Path) -> None:
    """Draw P&L over spot for each volatility rule with the set's rows, and over both as a surface.

    Raises PlotUnavailableError, BookRefused.
    """
    figure_class = _figure_class()
    picture = _Picture(book, valuer)
    sheet = valuer.quote(book, collateral)
    figure = figure_class(figsize=(12.5, 5.0), layout="constrained")
    lines, surface = figure.subplots(1, 2)
    _draw_lines(lines, picture, sheet)
    _draw_surface(surface, picture)
    figure.suptitle(
        f"{len(book.legs)} legs: initial margin {picture.money(sheet.initial):,.0f},"
        f" maintenance margin {picture.money(sheet.maintenance):,.0f}",
        fontsize=11,
    )
    _save(figure, path)


def _figure_class() -> Any:
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415 - optional
    except ImportError as error:
        raise PlotUnavailableError("drawing needs matplotlib, which is not installed") from error
    return Figure


def _save(figure: Any, path: Path) -> None:
    try:
        figure.savefig(path, dpi=110)
    except (OSError, ValueError) as error:
        raise PlotUnavailableError(f"cannot draw {path}: {error}") from error


class _Picture:
    """Numbers to draw, in quote currency; spots from the widest undamped rows of the set."""

    def __init__(self, book: Book, valuer: Valuer) -> None:
        self._book, self._valuer = book, valuer
        market, rows = valuer.market, valuer.parameters.rows
        self._unit = 10**market.tick_exponent * AMOUNT_STEPS_PER_CONTRACT
        self.spot = market.spot_ticks / 10**market.tick_exponent
        factors = [row.spot_factor for row in rows if row.dampening > PARAMETER_ONE // 2]
        low, high = min(factors), max(factors)
        pad = max(1, (high - low) // 20)
        low, high = max(1, low - pad), high + pad
        self.factors = sorted({low + (high - low) * i // (_STEPS - 1) for i in range(_STEPS)})

    def money(self, value: Fraction | int) -> float:
        """Cash atoms in quote currency."""
        return float(value / self._unit)

    def at(self, factor: int) -> float:
        """The spot of a spot factor."""
        return float(self.spot * factor / SPOT_FACTOR_ONE)

    def profits(
        self, rule: VolatilityRule, parameters: MarginParameters | None = None
    ) -> list[float]:
        """What the book gains at every spot under one rule."""
        rows = tuple(ScenarioRow(factor, rule) for factor in self.factors)
        dense = replace(parameters or self._valuer.parameters, rows=rows)
        sheet = Valuer(self._valuer.market, dense).quote(self._book)
        return [self.money(each.profit) for each in sheet.rows]

    def surface(self) -> list[list[float]]:
        """The same for every multiple of the volatilities, one value for all expiries."""
        found = []
        for factor in _FACTORS:
            shift = int(abs(factor - 1) * PARAMETER_ONE)
            flat = replace(
                self._valuer.parameters,
                range_up=shift,
                range_down=shift,
                short_power=0,
                long_power=0,
                minimum_up_volatility=0,
            )
            rule = VolatilityRule.UP if factor > 1 else VolatilityRule.DOWN
            found.append(self.profits(rule, flat))
        return found


def _draw_lines(axes: Any, picture: _Picture, sheet: MarginSheet) -> None:
    spots = [picture.at(factor) for factor in picture.factors]
    for rule, (label, colour) in _RULES.items():
        axes.plot(spots, picture.profits(rule), color=colour, label=label)
    outside = 0
    for each in sheet.rows:
        factor = each.row.spot_factor
        if each.row.rule not in _RULES:
            continue
        if not each.is_worst and not picture.factors[0] <= factor <= picture.factors[-1]:
            outside += 1
            continue
        axes.scatter(
            picture.at(factor),
            picture.money(each.profit),
            s=150 if each.is_worst else 24,
            marker="*" if each.is_worst else "o",
            color=_RULES[each.row.rule][1],
            label="worst row" if each.is_worst else None,
            zorder=3,
        )
    axes.axvline(picture.spot, color="#999999", linewidth=0.8, linestyle=":")
    axes.axhline(0, color="#999999", linewidth=0.8)
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.set_ylabel("profit against the mark, quote currency")
    _dress(axes, f"scenario rows ({outside} damped rows lie outside)")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)


def _draw_surface(axes: Any, picture: _Picture) -> None:
    spots = [picture.at(factor) for factor in picture.factors]
    multiples = [float(factor) for factor in _FACTORS]
    values = picture.surface()
    reach = max(abs(value) for line in values for value in line) or 1.0
    mesh = axes.pcolormesh(
        spots, multiples, values, cmap="RdBu", vmin=-reach, vmax=reach, shading="gouraud"
    )
    lines = axes.contour(spots, multiples, values, levels=9, colors="#333333", linewidths=0.5)
    axes.clabel(lines, fmt="{:,.0f}".format, fontsize=7)
    axes.plot(picture.spot, 1.0, marker="+", color="black", markersize=9)
    axes.figure.colorbar(mesh, ax=axes, format="{x:,.0f}")
    axes.set_ylabel("multiple of today's volatilities")
    _dress(axes, "profit over spot and volatility (+ today)")


def _dress(axes: Any, title: str) -> None:
    axes.set_title(title, fontsize=10)
    axes.set_xlabel("spot")
    axes.xaxis.set_major_formatter("{x:,.0f}")


def draw_backtest(
    name: str, opened: Any, close: Any, results: Sequence[BookResult], path: Path
) -> None:
    """Draw the price, and below it every exception of every book: one row for book and set.

    Filled marks lost more than the requirement at the hour's close, hollow ones within the hour
    alone. Raises PlotUnavailableError.
    """
    figure_class = _figure_class()
    rows = [(each.parameters, each.book) for each in results]
    figure = figure_class(figsize=(13, 3.2 + 0.19 * len(rows)), layout="constrained")
    price, exceptions = figure.subplots(
        2, 1, sharex=True, height_ratios=[2.2, 0.2 * len(rows) + 0.5]
    )
    times = [datetime.fromtimestamp(int(each), UTC) for each in opened]
    price.plot(times, close, color="#444444", linewidth=0.7)
    price.set_yscale("log")
    price.set_title(f"{name}: hours whose loss exceeded the maintenance requirement", fontsize=10)
    colours = dict(zip(dict.fromkeys(name for name, _ in rows), _SETS * len(rows), strict=False))
    for at, each in enumerate(results):
        colour = colours[each.parameters]
        for stamps, face in ((each.worst_exceptions, "none"), (each.close_exceptions, colour)):
            moments = [datetime.fromtimestamp(stamp, UTC) for stamp in stamps]
            exceptions.scatter(moments, [at] * len(moments), s=16, facecolor=face, edgecolor=colour)
    exceptions.set_yticks(range(len(rows)), [f"{book} · {name}" for name, book in rows], fontsize=7)
    for label, (own, _) in zip(exceptions.get_yticklabels(), rows, strict=True):
        label.set_color(colours[own])
    exceptions.set_ylim(len(rows) - 0.5, -0.5)
    exceptions.grid(axis="y", linewidth=0.3)
    exceptions.set_xlabel("filled: at the hour's close; hollow: within the hour")
    _save(figure, path)
