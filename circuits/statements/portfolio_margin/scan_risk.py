"""Worst weighted loss over scenario arrays, as clearing houses scan them (SPAN: 16 rows).

SPAN gives each contract a risk array of 16 profits and losses: price unchanged, +-1/3, +-2/3 and
+-3/3 of the scan range, each with volatility up and down, and two extreme moves of which only a
fraction counts. The scan risk of a portfolio is the largest weighted loss of the summed arrays
(McMillan, "Options as a Strategic Investment", chapter 34). It is the model's `worst` with rows
(spot factor, rule, dampening) and no contingencies: weights are dampenings. For an example see
circuits/docs/portfolio_margin.md.
"""

from __future__ import annotations

from collections.abc import Sequence

from circuits.statements.portfolio_margin.errors import ParametersError
from circuits.statements.portfolio_margin.units import PARAMETER_ONE

SPAN_ROWS = 16


def span_weights(extreme_fraction: int) -> tuple[int, ...]:
    """Weights of SPAN's rows in 1e-9: 14 whole ones and two of `extreme_fraction`."""
    return (PARAMETER_ONE,) * (SPAN_ROWS - 2) + (extreme_fraction,) * 2


def scan_risk(
    arrays: Sequence[Sequence[int]], amounts: Sequence[int], weights: Sequence[int]
) -> int:
    """The requirement, at least 0, in the arrays' unit times the amounts', rounded up.

    `arrays[i]` are the profits of one contract i by scenario, `amounts[i]` its signed number,
    `weights` those of the scenarios in 1e-9. ParametersError where lengths differ.
    """
    if len(arrays) != len(amounts) or any(len(array) != len(weights) for array in arrays):
        raise ParametersError(
            f"{len(arrays)} arrays, expected {len(amounts)} of {len(weights)} scenarios each"
        )
    worst = min(
        sum(amount * array[row] for amount, array in zip(amounts, arrays, strict=True)) * weight
        for row, weight in enumerate(weights)
    )
    return -(min(worst, 0) // PARAMETER_ONE)
