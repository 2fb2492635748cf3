"""Write the segment tables: `python -m circuits.functions.generate_tables` (`make generate`).

Each segment is fitted in 60-digit arithmetic: Chebyshev interpolation at degree + 1 nodes, then the
coefficients are rounded to integers from the top down. After the coefficient of u^k is rounded the
rest of the polynomial has degree below k but for a multiple of the shifted Chebyshev polynomial
T*_k; that multiple is dropped, which is the smallest change of the values that brings the degree
down. Last, the constant is centred so that the largest errors of both signs agree.

normal_cdf covers [-8, 9.3125): its first row is 0 and its rows from 8 - 2^-segment_bits on are 1,
so that saturated arguments have one value. It need not go further: N is asked for d1 and -d2, at
least -8 each, whose sum is v < 16 and whose squares differ by 2 |ln(F/K)| < 32 ln 2; so the lesser
is within 8 of 0 and the larger below sqrt(8^2 + 32 ln 2) = 9.2834.

normal_lite covers [-8, 10.5) the same way: its forwards move by factors down to 1e-4, so that
|ln| <= 16 ln 2 + 9.3, and sqrt(8^2 + 2 * 20.4) = 10.24. exp covers [-6, 2] and one segment more,
for arguments rounded to the nearest coordinate.

The tables are functions of this file alone: running it again writes the same bytes, whichever
integer backend mpmath uses.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from mpmath import mp, mpf

from circuits.functions.tables import TABLE_TAGS, TABLES_DIRECTORY, table_name, taylor_coefficients

DIGITS = 60
NORMAL_CDF_LOW = -8
NORMAL_CDF_HIGH = Fraction(149, 16)
NORMAL_LITE_HIGH = Fraction(21, 2)
NORMAL_CDF_SATURATION = 8
LN_OCTAVES = 16
EXP_LOW = -6
EXP_HIGH = 2

Row = tuple[int, ...]
Function = Callable[[mpf], mpf]


@dataclass(frozen=True)
class Recipe:
    """What determines a table: the function, its grid and its integer scale."""

    function: str
    profile: str
    limb_bits: int
    segment_bits: int
    degree: int
    fraction_bits: int

    @property
    def coarse_bits(self) -> int:
        """One unit of the local coordinate is 2^-coarse_bits."""
        return self.segment_bits + self.limb_bits


# ln's scale leaves exactly two limbs to truncate when ln(F/K) is brought to the scale of the
# division by the total standard deviation: fraction_bits = 2 * coarse_bits + 3 * limb_bits + 1.
# normal_cdf's is the least one for which the rounding of coefficients is below a tenth of the
# error of the best cubic, and for which the price's rounding is a whole number of limbs.
# normal_lite revalues scenarios: a quadratic of the same segments, whose rounding stays below a
# tenth of its error; exp's scale is the one at which its quartics lose nothing to rounding.
RECIPES = (
    Recipe("normal_cdf", "R14", limb_bits=14, segment_bits=8, degree=3, fraction_bits=82),
    Recipe("ln", "R14", limb_bits=14, segment_bits=8, degree=3, fraction_bits=87),
    Recipe("exp", "R14", limb_bits=14, segment_bits=6, degree=4, fraction_bits=100),
    Recipe("normal_lite", "R14", limb_bits=14, segment_bits=8, degree=2, fraction_bits=60),
    Recipe("normal_cdf", "R6", limb_bits=6, segment_bits=4, degree=3, fraction_bits=46),
    Recipe("ln", "R6", limb_bits=6, segment_bits=4, degree=3, fraction_bits=39),
    Recipe("exp", "R6", limb_bits=6, segment_bits=3, degree=4, fraction_bits=44),
    Recipe("normal_lite", "R6", limb_bits=6, segment_bits=4, degree=2, fraction_bits=34),
)


@dataclass(frozen=True)
class Segment:
    """A row's exact function of the local coordinate in units u, and its slope per unit of x."""

    value: Function
    slope: Function
    exact: Row | None = None


def chebyshev_coefficients(function: Function, degree: int, width: int) -> list[mpf]:
    """Coefficients over T*_0 … T*_degree of the interpolant at degree + 1 nodes of [0, width]."""
    count = degree + 1
    angles = [mp.pi * (2 * node + 1) / (2 * count) for node in range(count)]
    values = [function(width * (1 + mp.cos(angle)) / 2) for angle in angles]
    coefficients = [
        2 * mp.fsum(v * mp.cos(k * a) for v, a in zip(values, angles, strict=True)) / count
        for k in range(count)
    ]
    coefficients[0] /= 2
    return coefficients


def round_top_down(chebyshev: Sequence[mpf], limb_bits: int) -> list[int]:
    """Integer power coefficients near a Chebyshev expansion on u in [0, 2^limb_bits].

    u^k / 2^(limb_bits k) = 2^(1-2k) * sum_j binomial(2k, k - j) T*_j, the term j = 0 halved.
    """
    rest = list(chebyshev)
    integers = [0] * len(rest)
    for k in range(len(rest) - 1, -1, -1):
        leading = mpf(2) ** (1 - 2 * k + limb_bits * k) if k else mpf(1)
        integers[k] = int(mp.nint(rest[k] / leading))
        for j in range(k):
            share = math.comb(2 * k, k - j) if j else Fraction(math.comb(2 * k, k), 2)
            rest[j] -= integers[k] * leading * share.numerator / share.denominator
    return integers


def fit(segment: Segment, recipe: Recipe) -> Row:
    """The integer polynomial of one segment."""
    if segment.exact is not None:
        return segment.exact
    scale = mpf(2) ** recipe.fraction_bits
    width = 1 << recipe.limb_bits

    def scaled(u: mpf) -> mpf:
        return segment.value(u) * scale

    row = round_top_down(chebyshev_coefficients(scaled, recipe.degree, width), recipe.limb_bits)
    errors = []
    for u in range(0, width + 1, width // 16):
        errors.append(taylor_coefficients(tuple(row), u)[0] - scaled(mpf(u)))
    row[0] -= int(mp.nint((max(errors) + min(errors)) / 2))
    return tuple(row)


def normal_cdf_segments(recipe: Recipe) -> Iterator[Segment]:
    """The segments of N(x) = erfc(-x / sqrt 2) / 2."""
    first = NORMAL_CDF_LOW << recipe.segment_bits
    last = int(DOMAINS[recipe.function].high * (1 << recipe.segment_bits))
    ones_from = (NORMAL_CDF_SATURATION << recipe.segment_bits) - 1
    root = mp.sqrt(2)
    density = 1 / mp.sqrt(2 * mp.pi)
    zeros = (0,) * recipe.degree

    def segment(index: int) -> Segment:
        def argument(u: mpf) -> mpf:
            return mp.ldexp((index << recipe.limb_bits) + u, -recipe.coarse_bits)

        exact: Row | None = None
        if index == first:
            exact = (0, *zeros)
        elif index >= ones_from:
            exact = (1 << recipe.fraction_bits, *zeros)
        return Segment(
            lambda u: mp.erfc(-argument(u) / root) / 2,
            lambda u: density * mp.exp(-(argument(u) ** 2) / 2),
            exact,
        )

    return map(segment, range(first, last))


def ln_segments(recipe: Recipe) -> Iterator[Segment]:
    """The segments of ln(y) over 16 octaves; the slope is taken per unit of the mantissa."""
    ln2 = mp.ln(2)

    def segment(index: int) -> Segment:
        octave, position = divmod(index, 1 << recipe.segment_bits)

        def mantissa(u: mpf) -> mpf:
            return 1 + mp.ldexp((position << recipe.limb_bits) + u, -recipe.coarse_bits)

        return Segment(lambda u: mp.ln(mantissa(u)) + octave * ln2, lambda u: 1 / mantissa(u))

    return map(segment, range(LN_OCTAVES << recipe.segment_bits))


def exp_segments(recipe: Recipe) -> Iterator[Segment]:
    """The segments of e^x."""

    def segment(index: int) -> Segment:
        def value(u: mpf) -> mpf:
            return mp.exp(mp.ldexp((index << recipe.limb_bits) + u, -recipe.coarse_bits))

        return Segment(value, value)

    first = EXP_LOW << recipe.segment_bits
    return map(segment, range(first, (EXP_HIGH << recipe.segment_bits) + 1))


@dataclass(frozen=True)
class Domain:
    """Where a function's table is, how it is cut, and where fine parts of arguments lie."""

    text: str
    segments: Callable[[Recipe], Iterator[Segment]]
    fine_offsets: tuple[float, float, float]
    low: int = 0
    high: Fraction = Fraction(0)
    octaves: int = 0


def _normal(high: Fraction, fine_offsets: tuple[float, float, float]) -> Domain:
    text = f"{NORMAL_CDF_LOW} <= x < {float(high)}"
    return Domain(text, normal_cdf_segments, fine_offsets, low=NORMAL_CDF_LOW, high=high)


DOMAINS = {
    "normal_cdf": _normal(NORMAL_CDF_HIGH, (-1, 0, 1)),
    "normal_lite": _normal(NORMAL_LITE_HIGH, (0, 0.5, 1)),
    "ln": Domain(f"1 <= y < 2^{LN_OCTAVES}", ln_segments, (0, 0.5, 1), octaves=LN_OCTAVES),
    "exp": Domain("-6 <= x < 2 + one segment", exp_segments, (-0.5, 0, 0.5), low=EXP_LOW),
}


def measure(segment: Segment, row: Row, recipe: Recipe) -> tuple[mpf, mpf]:
    """Largest errors of value and slope over 17 places of a segment, each at three fine offsets."""
    fine_offsets = DOMAINS[recipe.function].fine_offsets
    limb = (1 << recipe.limb_bits) - 1
    value_error = slope_error = mpf(0)
    for place in range(17):
        u = limb * place // 16
        taylor = taylor_coefficients(row, u)
        for fine in fine_offsets:
            value = mp.ldexp(taylor[0] + taylor[1] * mpf(fine), -recipe.fraction_bits)
            slope = mp.ldexp(
                taylor[1] + 2 * taylor[2] * mpf(fine), recipe.coarse_bits - recipe.fraction_bits
            )
            value_error = max(value_error, abs(value - segment.value(mpf(u) + fine)))
            slope_error = max(slope_error, abs(slope - segment.slope(mpf(u) + fine)))
    return value_error, slope_error


def round_up(error: mpf) -> str:
    """Two significant digits, rounded up, for example 5.9e-14."""
    exponent = int(mp.floor(mp.log10(error)))
    digits = int(mp.ceil(error / mpf(10) ** (exponent - 1)))
    return f"{float(f'{digits}e{exponent - 1}'):.1e}"


def table_text(recipe: Recipe) -> str:
    """The whole file of one table."""
    domain = DOMAINS[recipe.function]
    segments = list(domain.segments(recipe))
    rows = [fit(segment, recipe) for segment in segments]
    errors = [measure(*pair, recipe) for pair in zip(segments, rows, strict=True)]
    header = {
        "generated_by": "circuits/functions/generate_tables.py (do not edit)",
        "function": recipe.function,
        "profile": recipe.profile,
        "tag": TABLE_TAGS[recipe.function],
        "domain": domain.text,
        "limb_bits": recipe.limb_bits,
        "segment_bits": recipe.segment_bits,
        "degree": recipe.degree,
        "fraction_bits": recipe.fraction_bits,
        "first_segment": domain.low << recipe.segment_bits,
        "octaves": domain.octaves,
        "value_error": round_up(max(value for value, _ in errors)),
        "slope_error": round_up(max(slope for _, slope in errors)),
        "row_count": len(rows),
    }
    head = json.dumps(header, indent=1)[:-2]
    body = ",\n".join(json.dumps([str(c) for c in row], separators=(",", ":")) for row in rows)
    return f'{head},\n "rows": [\n{body}\n]}}\n'


def main() -> None:
    """Write every table into the package, or into --output."""
    parser = argparse.ArgumentParser(description="Write the segment tables.")
    parser.add_argument("--output", type=Path, default=TABLES_DIRECTORY)
    parser.add_argument("--profile", choices=sorted({recipe.profile for recipe in RECIPES}))
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    with mp.workdps(DIGITS):
        for recipe in RECIPES:
            if arguments.profile in (None, recipe.profile):
                path = arguments.output / f"{table_name(recipe.function, recipe.profile)}.json"
                path.write_text(table_text(recipe), encoding="ascii")


if __name__ == "__main__":
    main()
