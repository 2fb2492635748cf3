"""Parameters as wires: every field range-checked to its packed width, and packed for the digest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from circuits.edsl.arithmetic import Arithmetic
from circuits.edsl.lanes import Lanes
from circuits.edsl.values import Integer
from circuits.gadgets.boolean import boolean_hint
from circuits.gadgets.equality import assert_equal, pick
from circuits.gadgets.selection import narrowed
from circuits.statements.portfolio_margin.parameters import (
    PARAMETER_ELEMENTS,
    PARAMETER_RANGES,
    ROW_WIDTHS,
    ROWS_PER_ELEMENT,
    parameter_bias,
    parameter_bits,
)
from circuits.statements.portfolio_margin.units import PARAMETER_BITS, SPOT_FACTOR_ONE

EXTRA_ROWS = 3
"""After the scenario rows: the mark, and the two moves of the forward contingency."""
_FLAGS = ("im_scales_contingencies", "risk_cancelling_1", "risk_cancelling_2")


@dataclass(frozen=True)
class Governed:
    """Parameters (root) and rows (a lane each: scenarios, mark, moves up and down)."""

    rows: int
    root: Lanes
    values: Mapping[str, Integer]
    spot_factor: Integer
    rule: Integer
    is_skew: Integer
    dampening: Integer
    elements: tuple[Integer, ...]

    @property
    def mark(self) -> int:
        """Which row leaves everything as it is."""
        return self.rows

    def row(self, ar: Arithmetic, value: Integer, row: int) -> Integer:
        """A row's value in the root space."""
        return pick(ar, value, self.root, row)


def govern(ar: Arithmetic, root: Lanes, rows: int) -> Governed:
    """All parameters."""
    values, packed = _parameters(ar, root, rows)
    lanes = ar.lanes("row", rows + EXTRA_ROWS, root)
    with ar.scope("row"):
        factor = ar.integer_hint("spot_factor", lanes, ROW_WIDTHS[0], ar.input("row_spot_factor"))
        bits = [boolean_hint(ar, f"rule[{i}]", lanes, ar.input(f"row_rule_{i}")) for i in range(3)]
        rule = bits[0].plus(bits[1] * 2, bits[2] * 4)
        ar.assert_zero_product("rule_is_at_most_4", bits[2], bits[0].plus(bits[1]))
        skew = ar.product("linear", bits[0], bits[1]).plus(bits[2])
        is_skew = Integer(ar, lanes, skew.payload, False, lo=0, hi=1)
        dampening = ar.integer_hint("dampening", lanes, PARAMETER_BITS, ar.input("row_dampening"))
    found = Governed(rows, root, values, factor, rule, is_skew, dampening, ())
    with ar.scope("row_elements"):
        _tie_extra_rows(ar, found)
        elements = (*packed, *_row_elements(ar, found))
    return Governed(rows, root, values, factor, rule, is_skew, dampening, elements)


def _parameters(ar: Arithmetic, root: Lanes, rows: int) -> tuple[dict[str, Integer], list[Integer]]:
    values: dict[str, Integer] = {}
    elements = []
    with ar.scope("parameters"):
        for position, names in enumerate(PARAMETER_ELEMENTS):
            packed = ar.constant(root, rows if position == 0 else 0)
            for name in names:
                bits = parameter_bits(name)
                if name in _FLAGS:
                    field = boolean_hint(ar, name, root, ar.input(f"parameter_{name}"))
                else:
                    field = ar.integer_hint(name, root, bits, ar.input(f"parameter_{name}"))
                packed = (packed * (1 << bits)).plus(field)
                values[name] = field.minus(parameter_bias(name))
                if PARAMETER_RANGES[name].low > 0:
                    ar.range_check(f"{name}_from_1", field - 1, bits)
                    values[name] = narrowed(field, 1, field.hi)
            elements.append(packed)
    return values, elements


def _tie_extra_rows(ar: Arithmetic, found: Governed) -> None:
    factors: tuple[Integer | int, ...] = (
        SPOT_FACTOR_ONE,
        found.values["forward_contingency_up"],
        found.values["forward_contingency_down"],
    )
    for position, factor in enumerate(factors):
        row = found.rows + position
        assert_equal(ar, "extra_spot_factor", found.row(ar, found.spot_factor, row), factor)
        assert_equal(ar, "extra_rule", found.row(ar, found.rule, row), 0)


def _row_elements(ar: Arithmetic, found: Governed) -> list[Integer]:
    elements = []
    for first in range(0, found.rows, ROWS_PER_ELEMENT):
        packed = ar.constant(found.root, 0)
        for row in range(first, first + ROWS_PER_ELEMENT):
            packed = packed * (1 << sum(ROW_WIDTHS))
            if row < found.rows:
                packed = packed.plus(
                    found.row(ar, found.spot_factor, row) * (1 << sum(ROW_WIDTHS[1:])),
                    found.row(ar, found.rule, row) * (1 << PARAMETER_BITS),
                    found.row(ar, found.dampening, row),
                )
        elements.append(packed)
    return elements
