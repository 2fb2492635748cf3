"""What an option, a group, the tables and everything else cost, measured on the circuit itself."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from circuits.profile import R14, Profile
from circuits.r1cs import R1CS
from circuits.statements.option_marks.inputs import Shape
from circuits.statements.option_marks.statement import OptionMarks

#: Groups and options that fill words of three strikes and of four prices exactly.
_STEP = 12


@dataclass(frozen=True)
class MarginalCost:
    """Constraints: rows = option * N + group * G + tables + once, for N lanes in G groups.

    Exact where N is a multiple of 12; else words that are not full cost up to two rows more.
    `option` has thirds and quarters, for the words that several options share.
    """

    option: Fraction
    group: Fraction
    tables: int
    once: int


def marginal_cost(*, greeks: bool, profile: Profile = R14) -> MarginalCost:
    """Measured as differences between circuits that differ in options or groups alone."""
    base, more_lanes, more_groups = (
        OptionMarks(shape, profile=profile, greeks=greeks).r1cs()
        for shape in (Shape(_STEP, 1), Shape(_STEP, 2), Shape(2 * _STEP, 1))
    )
    option = Fraction(more_lanes.row_count - base.row_count, _STEP)
    group = Fraction(more_groups.row_count - base.row_count, _STEP) - option
    tables = _rows_of_tables(base, more_lanes, more_groups)
    once = base.row_count - tables - _STEP * (option + group)
    return MarginalCost(option, group, tables, int(once))


def _rows_of_tables(base: R1CS, *others: R1CS) -> int:
    """Blocks of many lanes that do not grow with the shape: one lane for each row of a table."""
    constant = {block.name: block.lanes for block in base.blocks if block.lanes > 1}
    for r1cs in others:
        lanes = {block.name: block.lanes for block in r1cs.blocks}
        constant = {name: count for name, count in constant.items() if lanes[name] == count}
    return sum(
        block.lanes * len(block.constraints) for block in base.blocks if block.name in constant
    )
