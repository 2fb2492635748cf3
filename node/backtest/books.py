"""The standard test books: positions in multiples of spot, struck anew every hour."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product


@dataclass(frozen=True, slots=True)
class Position:
    """One option: days to expiry, strike over spot, contracts (negative: short)."""

    days: int
    moneyness: float
    is_put: bool
    contracts: float


@dataclass(frozen=True)
class TestBook:
    """A name, options, and perpetual contracts."""

    __test__ = False

    name: str
    options: tuple[Position, ...] = ()
    perpetual: float = 0.0


def _straddle(days: int, contracts: float, width: float = 0.0) -> tuple[Position, ...]:
    return (
        Position(days, 1 - width, True, contracts),
        Position(days, 1 + width, False, contracts),
    )


def _mixed() -> tuple[Position, ...]:
    """Condors with uncovered shorts in eight expiries: the shape of the demonstration's book."""
    wings = ((0.80, True, 1.5), (0.92, True, -2.5), (1.08, False, -2.0), (1.25, False, 1.25))
    return tuple(
        Position(days, moneyness, is_put, contracts)
        for days, (moneyness, is_put, contracts) in product((2, 7, 14, 30, 60, 90, 180, 270), wings)
    )


TEST_BOOKS = (
    TestBook("short straddle 30 d", _straddle(30, -1)),
    TestBook("short straddle 2 d", _straddle(2, -1)),
    TestBook("short strangle 30 d, 90/110", _straddle(30, -1, 0.1)),
    TestBook("short strangle 7 d, 95/105", _straddle(7, -1, 0.05)),
    TestBook("long straddle 7 d", _straddle(7, 1)),
    TestBook(
        "short put spread 30 d, 95/85",
        (Position(30, 0.95, True, -1), Position(30, 0.85, True, 1)),
    ),
    TestBook("long perpetual", perpetual=1),
    TestBook("short perpetual", perpetual=-1),
    TestBook("mixed, 32 legs", _mixed(), perpetual=-0.75),
)
"""What every backtest runs."""
