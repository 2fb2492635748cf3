"""Segment tables: a function as one short integer polynomial per segment of its argument.

Row j of a table is P_j(u) = sum_k rows[j][k] * u^k with integer coefficients, all at the scale
2^-fraction_bits, over the local coordinate u = 0 … 2^limb_bits (one limb; the right end belongs to
the next row but is equally accurate). One unit of u is 2^-(segment_bits + limb_bits) of the
argument:

    normal_cdf   P_j(u) ~ N(x),   x = (first_segment + j + u / 2^limb_bits) / 2^segment_bits
    normal_lite  the same function by quadratics, for scenario revaluation
    exp          P_j(u) ~ e^x,    x as for normal_cdf
    ln           P_j(u) ~ ln(y),  y = 2^i * (1 + (s + u / 2^limb_bits) / 2^segment_bits),
                 j = i * 2^segment_bits + s with octave i = 0 … 15

An argument with one limb more of precision enters linearly, P_j(u) + P_j'(u) * f, where f is the
distance from u in its units: -1 <= f <= 1 for normal_cdf, 0 <= f <= 1 for ln and normal_lite,
|f| <= 1/2 for exp. `value_error` and `slope_error` are measured over this whole use, so they
include the linearisation.

The data files are written by `generate_tables.py`. Errors: `ValueError` (a damaged or unknown
table file), `IndexError` (`taylor` outside the table).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

TABLES_DIRECTORY = Path(__file__).with_name("tables")

#: The tag of each table in lookup queries (the range table has tag 0).
TABLE_TAGS: Mapping[str, int] = MappingProxyType(
    {"normal_cdf": 1, "ln": 2, "exp": 3, "normal_lite": 4}
)


@dataclass(frozen=True)
class SegmentTable:
    """One table of polynomial segments, see the module text for its meaning.

    `tag` tells tables apart in lookups, `octaves` is 0 for a function of a plain argument,
    errors are absolute: of the value, and of dP/dx against the function's derivative.
    """

    function: str
    profile: str
    tag: int
    limb_bits: int
    segment_bits: int
    degree: int
    fraction_bits: int
    first_segment: int
    octaves: int
    value_error: float
    slope_error: float
    rows: tuple[tuple[int, ...], ...]

    @property
    def name(self) -> str:
        """The table's name in messages and circuit paths, for example normal_cdf_r14."""
        return table_name(self.function, self.profile)

    @property
    def coarse_bits(self) -> int:
        """Fraction bits of the coarse argument: one unit of u is 2^-coarse_bits."""
        return self.segment_bits + self.limb_bits

    def taylor(self, row: int, u: int) -> tuple[int, ...]:
        """Exact Taylor coefficients of row `row` at u: P(u), P'(u), P''(u)/2, … as integers.

        Raises IndexError if the row or 0 <= u <= 2^limb_bits does not hold.
        """
        if not 0 <= row < len(self.rows):
            raise IndexError(f"{self.name}: expected row in [0, {len(self.rows)}), got {row}")
        if not 0 <= u <= 1 << self.limb_bits:
            raise IndexError(f"{self.name}: expected u in [0, 2^{self.limb_bits}], got {u}")
        return taylor_coefficients(self.rows[row], u)


def taylor_coefficients(coefficients: tuple[int, ...], u: int) -> tuple[int, ...]:
    """Coefficients of P(u + X) in powers of X (repeated Horner division), exactly."""
    shifted = list(coefficients)
    for start in range(len(shifted) - 1):
        for power in range(len(shifted) - 2, start - 1, -1):
            shifted[power] += u * shifted[power + 1]
    return tuple(shifted)


def table_name(function: str, profile: str) -> str:
    """File stem and circuit name of a function's table in a profile."""
    return f"{function}_{profile.lower()}"


@cache
def load_table(function: str, profile: str) -> SegmentTable:
    """The table of `function` (a key of TABLE_TAGS) in `profile` ("R14", "R6").

    Raises ValueError if there is no such table or its file does not fit its header.
    """
    path = TABLES_DIRECTORY / f"{table_name(function, profile)}.json"
    if not path.is_file():
        raise ValueError(f"no table of {function} in profile {profile}: {path.name} is missing")
    return parse_table(path.read_text(encoding="ascii"))


def parse_table(text: str) -> SegmentTable:
    """Read a table file; raises ValueError where rows and header disagree."""
    data = json.loads(text)
    table = SegmentTable(
        function=data["function"],
        profile=data["profile"],
        tag=data["tag"],
        limb_bits=data["limb_bits"],
        segment_bits=data["segment_bits"],
        degree=data["degree"],
        fraction_bits=data["fraction_bits"],
        first_segment=data["first_segment"],
        octaves=data["octaves"],
        value_error=float(data["value_error"]),
        slope_error=float(data["slope_error"]),
        rows=tuple(tuple(map(int, row)) for row in data["rows"]),
    )
    if table.tag != TABLE_TAGS.get(table.function):
        raise ValueError(f"{table.name}: tag {table.tag} is not that of {table.function}")
    if len(table.rows) != data["row_count"]:
        raise ValueError(
            f"{table.name}: expected {data['row_count']} rows, received {len(table.rows)}"
        )
    for index, row in enumerate(table.rows):
        if len(row) != table.degree + 1:
            raise ValueError(
                f"{table.name}, row {index}: expected {table.degree + 1} coefficients, "
                f"received {len(row)}"
            )
    return table
