"""Looking up a table row by its Taylor coefficients."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from math import comb

from circuits.edsl.arithmetic import Arithmetic, HintFunction
from circuits.edsl.lookups import RowTable
from circuits.edsl.numbers import LaneVector
from circuits.edsl.values import FieldElement, Integer


def look_up_taylor(
    ar: Arithmetic,
    table: RowTable,
    coordinate: Integer,
    rows: HintFunction,
    *args: FieldElement,
    index: FieldElement | None,
) -> tuple[Integer, ...]:
    """Taylor coefficients of row `rows(args)` at the coordinate: value, slope, …

    They are Integers because the lookup allows nothing but a row's own coefficients. An indexed
    table also binds `index` to the row.
    """
    lanes = coordinate.lanes
    chosen = ar.compute(lanes, rows, *args)

    def expand(coordinates: LaneVector) -> tuple[LaneVector, ...]:
        # A liar may name a row outside the table; whatever it claims then, the lookup refuses.
        rows_in_reach = ar.numbers.clip(chosen, 0, len(table.rows) - 1)
        return ar.numbers.taylor(table, rows_in_reach, coordinates)

    claims = ar.hint("taylor", lanes, table.degree + 1, expand, coordinate)
    ar.look_up_row("row", table, coordinate, claims, index=index, row=chosen)
    bounds = _bounds(table, coordinate.hi)
    return tuple(
        Integer(ar, lanes, claim.payload, False, lo=lo, hi=hi)
        for claim, (lo, hi) in zip(claims, bounds, strict=True)
    )


@cache
def _bounds(table: RowTable, reach: int) -> tuple[tuple[int, int], ...]:
    """An interval for each Taylor coefficient over all rows and 0 <= u <= reach."""
    degree = table.degree
    bounds = []
    for order in range(degree + 1):
        weights = [comb(k, order) * reach ** (k - order) for k in range(order, degree + 1)]
        lows = [_extreme(row[order:], weights, min) for row in table.rows]
        highs = [_extreme(row[order:], weights, max) for row in table.rows]
        bounds.append((min(lows), max(highs)))
    return tuple(bounds)


def _extreme(
    coefficients: tuple[int, ...], weights: list[int], choose: Callable[[int, int], int]
) -> int:
    """Smallest or largest sum of coefficients, each taken between 0 and its full weight."""
    pairs = zip(coefficients[1:], weights[1:], strict=True)
    return coefficients[0] * weights[0] + sum(choose(0, c * w) for c, w in pairs)
