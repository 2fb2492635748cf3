"""Hourly bars from a CSV file: `hour_open_utc`, then open, high, low and close under any name.

Statistics of the past are floats: nothing here is ever proven.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from node.errors import NodeError, Reason

HOUR_SECONDS = 3_600
LARGEST_VOLATILITY = 5.0
"""Volatilities of a market stay below 5.4."""
_COLUMNS = ("hour_open_utc", "open", "high", "low", "close")
_FAULTS_SHOWN = 10

Floats = NDArray[np.float64]


class BarsError(NodeError):
    """The file is unreadable or its bars are not hourly bars; lists the first faults."""

    reason: ClassVar[Reason] = Reason.FILE_UNREADABLE


@dataclass(frozen=True)
class HourlyBars:
    """One bar an hour without gaps: Unix time of its opening, high, low and close."""

    name: str
    opened: NDArray[np.int64]
    high: Floats
    low: Floats
    close: Floats


def read_bars(path: Path) -> HourlyBars:
    """The bars of a file, in order; BarsError with faults by line."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BarsError(f"{path}: {error}; expected a CSV file") from error
    if not rows or len(rows[0]) != len(_COLUMNS) or not _is_header(rows[0]):
        raise BarsError(f"{path}: expected the columns {', '.join(_COLUMNS)} (names may go on)")
    bars: list[tuple[float, ...]] = []
    faults = list(_read(rows[1:], bars))
    if len(bars) < 2:
        faults.append("expected two bars at least")
    if faults:
        shown = "; ".join(faults[:_FAULTS_SHOWN])
        raise BarsError(f"{path}: {len(faults)} faults: {shown}")
    columns = np.array(bars, dtype=np.float64).T
    return HourlyBars(path.name, columns[0].astype(np.int64), *columns[2:5])


def _is_header(names: list[str]) -> bool:
    return all(name.startswith(known) for name, known in zip(names, _COLUMNS, strict=True))


def _read(rows: list[list[str]], bars: list[tuple[float, ...]]) -> Iterator[str]:
    """Append every sound bar; yield what is wrong with the others."""
    for line, row in enumerate(rows, 2):
        try:
            moment, *prices = row
            opened = datetime.fromisoformat(moment.replace("Z", "+00:00"))
            first, high, low, close = map(float, prices)
        except ValueError:
            yield f"line {line}: expected a UTC hour and four numbers"
            continue
        stamp = int(opened.replace(tzinfo=opened.tzinfo or UTC).timestamp())
        if not 0 < low <= min(first, close) <= max(first, close) <= high < float("inf"):
            yield f"line {line}: expected 0 < low <= open, close <= high"
        elif bars and stamp != bars[-1][0] + HOUR_SECONDS:
            yield f"line {line}: expected the hour after the line before"
        else:
            bars.append((stamp, first, high, low, close))


def implied_proxy(bars: HourlyBars, half_life_hours: float, factor: float, floor: float) -> Any:
    """The volatility each bar ends with: an exponentially weighted realised one, rounded.

    variance_t = (1 - w) r_t^2 + w variance_(t-1), w = 2^(-1 / half life), r the hourly log return;
    times the factor, per year of 8,760 hours, from the floor to 5, rounded to
    0.01 below 1 and to 0.1 above. The first value
    is the mean of the first half life. J.P. Morgan, RiskMetrics Technical Document, 1996, section
    5.2, with another half life.
    """
    returns = np.diff(np.log(bars.close), prepend=np.log(bars.close[0]))
    weight = 2.0 ** (-1.0 / half_life_hours)
    variance = float(np.mean(returns[1 : int(half_life_hours) + 2] ** 2))
    found = np.empty_like(returns)
    for index, value in enumerate(returns):
        variance = (1 - weight) * value * value + weight * variance
        found[index] = variance
    volatility = np.sqrt(found * 8_760) * factor
    rounded = np.where(volatility < 1, np.round(volatility, 2), np.round(volatility, 1))
    return np.clip(rounded, floor, LARGEST_VOLATILITY)
