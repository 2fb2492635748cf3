"""The backtest: every hour's requirement against the loss of the hour after it.

At the end of bar t every book is struck at the money of that close, its equity is the maintenance
requirement (utilisation 100 %), and time runs one bar. It is an exception where the loss exceeds
the requirement: at the next close, and at the worst of the next high, low and close. Volatility
moves with its proxy, which already knows the next bar.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from circuits.statements.portfolio_margin import MarginParameters
from node.backtest.bars import HourlyBars, implied_proxy
from node.backtest.books import TEST_BOOKS, TestBook
from node.backtest.kupiec import KupiecTest, kupiec
from node.backtest.margins import Floats, maintenance_share, value_share

_HOUR_DAYS = 1 / 24


@dataclass(frozen=True)
class BacktestRules:
    """The implied volatility's stand-in, the stated level, and hours left out at the start."""

    half_life_hours: float = 72.0
    volatility_factor: float = 1.1
    volatility_floor: float = 0.2
    level: float = 0.001
    warm_up_hours: int = 168


@dataclass(frozen=True)
class BookResult:
    """One book under one parameter set. Unix times are of the hours in which exceptions fell."""

    parameters: str
    book: str
    mean_requirement: float  #: share of spot
    largest_use: float  #: the worst loss over its requirement
    at_close: KupiecTest
    at_worst: KupiecTest
    close_exceptions: tuple[int, ...]
    worst_exceptions: tuple[int, ...]


def run_backtest(
    bars: HourlyBars,
    sets: Sequence[tuple[str, MarginParameters]],
    rules: BacktestRules | None = None,
    notify: Callable[[str], None] = lambda _: None,
    books: Sequence[TestBook] = TEST_BOOKS,
) -> list[BookResult]:
    """Every book under every set; ValueError where nothing is left after the warm-up."""
    rules = rules or BacktestRules()
    volatility = implied_proxy(
        bars, rules.half_life_hours, rules.volatility_factor, rules.volatility_floor
    )
    hours = slice(rules.warm_up_hours, len(bars.close) - 1)
    if hours.start >= hours.stop:
        raise ValueError(f"{len(bars.close)} bars, expected more than the warm-up and two")
    results = []
    for book in books:
        losses = hourly_losses(book, bars, volatility, hours)
        for name, parameters in sets:
            notify(f"{name}: {book.name}")
            share = requirement_shares(book, volatility[hours], parameters)
            results.append(_judge(name, book.name, bars.opened[1:][hours], share, losses, rules))
    return results


@dataclass(frozen=True)
class Losses:
    """Shares of the spot before, by hour; negative is a gain."""

    at_close: Floats
    at_worst: Floats


def hourly_losses(book: TestBook, bars: HourlyBars, volatility: Floats, hours: slice) -> Losses:
    """What each hour after these took from the book."""
    before = bars.close[hours]
    now = np.ones_like(before)
    start = value_share(book, now, volatility[hours], 0.0)
    after = volatility[1:][hours]
    close, high, low = (
        start - value_share(book, prices[1:][hours] / before, after, _HOUR_DAYS)
        for prices in (bars.close, bars.high, bars.low)
    )
    return Losses(close, np.maximum(close, np.maximum(high, low)))


def requirement_shares(book: TestBook, volatility: Floats, parameters: MarginParameters) -> Floats:
    """Requirements over spot, one model evaluation for each volatility that occurs."""
    levels, places = np.unique(volatility, return_inverse=True)
    shares = [maintenance_share(book, float(level), parameters) for level in levels]
    return np.array(shares)[places]


def _judge(
    name: str,
    book: str,
    opened: NDArray[np.int64],
    share: Floats,
    losses: Losses,
    rules: BacktestRules,
) -> BookResult:
    close, worst = (losses.at_close > share, losses.at_worst > share)
    count = len(share)
    return BookResult(
        parameters=name,
        book=book,
        mean_requirement=float(np.mean(share)),
        largest_use=float(np.max(losses.at_worst / share)),
        at_close=kupiec(int(close.sum()), count, rules.level),
        at_worst=kupiec(int(worst.sum()), count, rules.level),
        close_exceptions=tuple(int(each) for each in opened[close]),
        worst_exceptions=tuple(int(each) for each in opened[worst]),
    )
