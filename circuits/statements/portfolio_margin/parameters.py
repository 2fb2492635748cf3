"""The governed parameters of a margin model: scenario rows and everything else, with one digest.

Elements, first field the most significant, in the order of `PARAMETER_ELEMENTS`; then the rows,
four to an element::

    4 x [spot_factor (16) | rule (3) | dampening (34)], missing ones of the last element 0

The number of rows is in the first element. Six elements and nine of rows are digested at once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from itertools import pairwise

from circuits.statements.packing import chunks, pack
from circuits.statements.portfolio_margin.errors import ParametersError
from circuits.statements.portfolio_margin.sponge import sponge
from circuits.statements.portfolio_margin.units import (
    PARAMETER_BITS,
    PARAMETER_ONE,
    ROWS,
    SPOT_FACTOR_ONE,
)
from circuits.statements.ranges import Range, below, check_in, unsigned

#: keccak256("proofmark.margin_parameters.v1") mod r; a test recomputes it.
PARAMETERS_TAG = 1859543897960964260166497303643201966776966050973273775133387288634327814727

PRODUCT_ROWS = (24, 33, 36)
"""Rows of the product's statements; a set with fewer repeats its last row."""

ROW_WIDTHS = (16, 3, PARAMETER_BITS)
ROWS_PER_ELEMENT = 4

_BILLIONTHS = unsigned(PARAMETER_BITS, "units of 1e-9")
_SIGNED = below(PARAMETER_BITS, "units of 1e-9")
_FACTOR = Range(1, (1 << 16) - 1, "units of 1e-4")
_FLAG = unsigned(1, "0 or 1")
_AT_MOST_ONE = Range(0, PARAMETER_ONE, "units of 1e-9")


class VolatilityRule(IntEnum):
    """What a row does to volatility; LINEAR and ABSOLUTE are the skew rows."""

    NONE = 0
    UP = 1
    DOWN = 2
    LINEAR = 3
    ABSOLUTE = 4

    @property
    def is_skew(self) -> bool:
        """Whether the row counts against the account whatever its sign."""
        return self in (VolatilityRule.LINEAR, VolatilityRule.ABSOLUTE)


@dataclass(frozen=True, slots=True)
class ScenarioRow:
    """One scenario: spot times `spot_factor` / 10^4, a volatility rule, dampening in 1e-9."""

    spot_factor: int
    rule: VolatilityRule
    dampening: int = PARAMETER_ONE

    def __post_init__(self) -> None:
        check_in({"spot_factor": _FACTOR}, "spot_factor", self.spot_factor)
        check_in({"dampening": _BILLIONTHS}, "dampening", self.dampening)
        if self.rule.is_skew and self.spot_factor != SPOT_FACTOR_ONE:
            raise ParametersError(
                f"a {self.rule.name.lower()} row has spot factor {self.spot_factor}, expected"
                f" {SPOT_FACTOR_ONE}: skew rows leave spot alone"
            )


PARAMETER_RANGES: dict[str, Range] = {
    "underlying": Range(0, (1 << 8) - 2, "number of the underlying"),
    "range_up": _BILLIONTHS,
    "range_down": _BILLIONTHS,
    "minimum_up_volatility": unsigned(28, "units of 2e-8"),
    "short_power": _BILLIONTHS,
    "long_power": _BILLIONTHS,
    "floor_seconds": Range(1, (1 << 28) - 1, "seconds"),
    "static_long_base": _BILLIONTHS,
    "static_short_base": _BILLIONTHS,
    "static_long_multiplier": _BILLIONTHS,
    "static_short_multiplier": _BILLIONTHS,
    "static_long_addition": _BILLIONTHS,
    "static_short_addition": _BILLIONTHS,
    "requirement_step": Range(1, (1 << 40) - 1, "units of the settlement token"),
    "linear_cap_base": _SIGNED,
    "linear_cap_slope": _SIGNED,
    "absolute_cap_base": _SIGNED,
    "absolute_cap_slope": _SIGNED,
    "minimum_k_star": Range(1, _BILLIONTHS.high, "units of 1e-9"),
    "width_scale": _BILLIONTHS,
    "volatility_parameter_static": _BILLIONTHS,
    "volatility_parameter_scale": _SIGNED,
    "im_factor": _BILLIONTHS,
    "mm_factor": _BILLIONTHS,
    "im_scales_contingencies": _FLAG,
    "confidence_threshold": _AT_MOST_ONE,
    "confidence_margin": _BILLIONTHS,
    "peg_threshold": unsigned(31, "units of 1e-9"),
    "mm_option": _BILLIONTHS,
    "im_option": _BILLIONTHS,
    "mm_perpetual": _BILLIONTHS,
    "im_perpetual": _BILLIONTHS,
    "peg_factor": _BILLIONTHS,
    "forward_contingency_addition": _BILLIONTHS,
    "forward_contingency_multiplier": _BILLIONTHS,
    "mm_collateral_1": _BILLIONTHS,
    "im_collateral_1": _BILLIONTHS,
    "mm_collateral_2": _BILLIONTHS,
    "im_collateral_2": _BILLIONTHS,
    "risk_cancelling_1": _FLAG,
    "risk_cancelling_2": _FLAG,
    "forward_contingency_up": _FACTOR,
    "forward_contingency_down": _FACTOR,
    "collateral_unit": Range(1, (1 << 60) - 1, "cash atoms in a unit of the settlement token"),
}
"""Range of every parameter but the rows, in the order they are packed."""


def parameter_bits(name: str) -> int:
    """Width of a packed parameter; signed ones are offset by 2^34."""
    allowed = PARAMETER_RANGES[name]
    return (allowed.high - min(allowed.low, 0)).bit_length()


def parameter_bias(name: str) -> int:
    """What is added before a parameter is packed: 2^34 for signed ones."""
    return 1 << PARAMETER_BITS if PARAMETER_RANGES[name].low < 0 else 0


_NAMES = tuple(PARAMETER_RANGES)
PARAMETER_ELEMENTS = tuple(
    _NAMES[start:end] for start, end in pairwise((0, 7, 14, 20, 28, 35, len(_NAMES)))
)
"""Which parameters each element packs; the first has the number of rows (8) before them."""


@dataclass(frozen=True, slots=True)
class MarginParameters:
    """One parameter set. Units: `PARAMETER_RANGES`; meaning: circuits/docs/portfolio_margin.md."""

    rows: tuple[ScenarioRow, ...]
    underlying: int
    range_up: int
    range_down: int
    minimum_up_volatility: int
    short_power: int
    long_power: int
    floor_seconds: int
    static_long_base: int
    static_short_base: int
    static_long_multiplier: int
    static_short_multiplier: int
    static_long_addition: int
    static_short_addition: int
    requirement_step: int
    linear_cap_base: int
    linear_cap_slope: int
    absolute_cap_base: int
    absolute_cap_slope: int
    minimum_k_star: int
    width_scale: int
    volatility_parameter_static: int
    volatility_parameter_scale: int
    im_factor: int
    mm_factor: int
    im_scales_contingencies: int
    confidence_threshold: int
    confidence_margin: int
    peg_threshold: int
    mm_option: int
    im_option: int
    mm_perpetual: int
    im_perpetual: int
    peg_factor: int
    forward_contingency_addition: int
    forward_contingency_multiplier: int
    mm_collateral_1: int
    im_collateral_1: int
    mm_collateral_2: int
    im_collateral_2: int
    risk_cancelling_1: int
    risk_cancelling_2: int
    forward_contingency_up: int
    forward_contingency_down: int
    collateral_unit: int

    def __post_init__(self) -> None:
        for name in PARAMETER_RANGES:
            check_in(PARAMETER_RANGES, name, getattr(self, name))
        check_in({"rows": Range(1, ROWS, "scenario rows")}, "rows", len(self.rows))

    def padded(self, rows: int) -> MarginParameters:
        """The same set with `rows` rows: the last one is repeated, which changes no margin."""
        if not len(self.rows) <= rows <= ROWS:
            raise ParametersError(
                f"the set has {len(self.rows)} rows, expected it to fit {rows} of at most {ROWS}"
            )
        return replace(self, rows=self.rows + self.rows[-1:] * (rows - len(self.rows)))

    def elements(self) -> tuple[int, ...]:
        """The set as field elements below 2^248."""
        packed = []
        for index, names in enumerate(PARAMETER_ELEMENTS):
            widths = [parameter_bits(name) for name in names]
            values = [getattr(self, name) + parameter_bias(name) for name in names]
            if index == 0:
                widths, values = [8, *widths], [len(self.rows), *values]
            packed.append(pack(widths, values))
        rows = [(row.spot_factor, row.rule, row.dampening) for row in self.rows]
        for part in chunks(rows, ROWS_PER_ELEMENT):
            fields = [value for row in part for value in row]
            packed.append(pack(ROW_WIDTHS * ROWS_PER_ELEMENT, fields))
        return tuple(packed)

    def digest(self) -> int:
        """The Poseidon digest that the words name."""
        return sponge(PARAMETERS_TAG, self.elements())
