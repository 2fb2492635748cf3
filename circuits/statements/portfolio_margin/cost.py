"""What a leg, the tables, the slices and everything else cost, measured on the circuit itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from circuits.r1cs import R1CS
from circuits.statements.portfolio_margin.statement import PortfolioMargin
from circuits.statements.portfolio_margin.words import MarginShape

#: Slots of one chunk of the commitment.
_STEP = 16


@dataclass(frozen=True)
class MarginCost:
    """Constraints: total = leg * P + slices + tables + once, for P slots in whole chunks of 16."""

    leg: Fraction
    slices: int
    tables: int
    once: int
    total: int


def margin_cost(shape: MarginShape) -> MarginCost:
    """Measured as the difference between circuits of 16 and of 32 slots."""
    base, more = (
        PortfolioMargin(replace(shape, slots=slots)).r1cs() for slots in (_STEP, 2 * _STEP)
    )
    leg = Fraction(more.row_count - base.row_count, _STEP)
    tables = _rows_of(base, lambda name: name == "range" or name.endswith("_r14"))
    slices = _rows_of(base, lambda name: name == "slice")
    total = base.row_count + leg * (shape.slots - _STEP)
    once = base.row_count - _STEP * leg - tables - slices
    return MarginCost(leg, slices, tables, int(once), int(total))


def _rows_of(r1cs: R1CS, chosen: Callable[[str], bool]) -> int:
    return sum(block.lanes * len(block.constraints) for block in r1cs.blocks if chosen(block.name))
