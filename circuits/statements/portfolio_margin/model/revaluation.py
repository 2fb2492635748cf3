"""N(d1) and N(-d2) of every leg in every row: Black-76 at scenario accuracy.

d2 = (ln(F z / K) - v^2/2) / v is found on the grid 2^-22 by a floor division by w = 2 t + 1, the
midpoint of v's cell; d1 = d2 + v with v's next limb as fine part. The argument for one answer is
option_marks' (statements/option_marks/distribution.py): unless an argument saturates where the
distribution function is constant, both slacks add up to w - 1. Here ln(F z / K) and t are Integers
from the start, so nothing is left to discharge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from circuits.edsl.arithmetic import Arithmetic, HintFunction
from circuits.edsl.lanes import Lanes
from circuits.edsl.numbers import LaneVector, Numbers
from circuits.edsl.values import Integer
from circuits.edsl.wire_rows import look_up_wires
from circuits.functions.normal_lite import lite_format, lite_fraction_bits, normal_lite
from circuits.profile import Profile
from circuits.statements.portfolio_margin.model.lookups import LEVEL_TAG
from circuits.statements.portfolio_margin.model.volatility import (
    LEVEL_STEP,
    LEVELS,
    STDDEV_BITS,
    Level,
)

_SPARE_BITS = 28
_EXCESS_BITS = 28


@dataclass(frozen=True)
class Revalued:
    """What a row's value of a leg multiplies: contribution = amount (F z first + K second)."""

    first: Integer  #: N(d1), less 1 for a put, at 2^-(F + w)
    second: Integer  #: N(-d2) - 1, plus 1 for a put, at 2^-F


@dataclass(frozen=True)
class _Located:
    coarse: LaneVector
    below: LaneVector
    above: LaneVector
    excess: LaneVector


def choose_level(
    ar: Arithmetic, lanes: Lanes, key: Integer, rule: Integer, offered: Sequence[Level]
) -> Level:
    """The leg's level under a row's rule, by lookup."""
    columns = [
        [ar.compute(lanes, lambda v: v.tolist(), part) for part in (level.coarse, level.fine)]
        for level in offered
    ]

    def read(part: int) -> HintFunction:
        def values() -> LaneVector:
            (row,) = ar.compute(rule.lanes, lambda r: r.tolist(), rule)
            level = columns[row if row < len(columns) else 0]
            return ar.numbers.vector(level[part])

        return values

    (coarse,) = ar.hint("coarse", lanes, 1, read(0))
    (fine,) = ar.hint("fine", lanes, 1, read(1))
    found = look_up_wires(ar, "level", LEVEL_TAG, (coarse, fine), (key, rule))
    return Level(*found)


def revalue(
    ar: Arithmetic, profile: Profile, moneyness: Integer, level: Level, is_put: Integer
) -> Revalued:
    """Both distribution values. 19 constraints."""
    lanes = moneyness.lanes
    form = lite_format(profile)
    located: _Located = ar.compute(
        lanes, _divider(ar.numbers, form.saturation), moneyness, level.coarse
    )
    with ar.scope("second"):
        (coarse,) = ar.hint("coarse", lanes, 1, lambda: located.coarse)
        second = normal_lite(ar, profile, -coarse)
    with ar.scope("first"):
        first = normal_lite(ar, profile, level.coarse - second.coarse, level.fine)
    with ar.scope("division"):
        divisor = (level.coarse * 2).plus(1)
        product = ar.product("product", divisor, divisor.minus(second.coarse * 4))
        quarter = ar.assume_exact(
            product.plus(3),
            4,
            because="w = 2 t + 1 is odd by its form, so w (4 d2 + w) = w^2 = 1 mod 4",
            must_fail="test_revaluation_refuses_neighbours",
        )
        remainder = moneyness.minus(quarter)
        below = ar.integer_hint("below", lanes, _SPARE_BITS, lambda: located.below)
        above = ar.integer_hint("above", lanes, _SPARE_BITS, lambda: located.above)
        excess = ar.integer_hint("excess", lanes, _EXCESS_BITS, lambda: located.excess)
        beyond = excess * (1 << _SPARE_BITS)
        ar.assert_zero_product(
            "at_least", remainder.minus(below, beyond), first.coarse.plus(form.saturation)
        )
        ar.assert_zero_product(
            "below_next",
            divisor.minus(remainder, above, beyond, 1),
            second.coarse.plus(form.saturation),
        )
    return _of_kind(profile, first.value, second.value, is_put)


def _of_kind(profile: Profile, first: Integer, second: Integer, is_put: Integer) -> Revalued:
    """A call's values, or the put's: N(d1) - 1 and N(-d2) instead of N(d1) and N(-d2) - 1."""
    one = lite_fraction_bits(profile)
    shifted = is_put * (1 << (one + profile.limb_bits))
    return Revalued(first.minus(shifted), second.plus(is_put * (1 << one)).minus(1 << one))


def _divider(numbers: Numbers, limit: int) -> HintFunction:
    """The honest division, saturated where the distribution function is constant."""
    mask = (1 << _SPARE_BITS) - 1
    where = numbers.where

    def divide(n: LaneVector, t: LaneVector) -> _Located:
        w = t * 2 + 1
        numerator = n - (w * w + 3) // 4
        d2 = numerator // w
        low = d2 + t < -limit
        high = (d2 > limit) & ~low
        coarse = where(low, -limit - t, where(high, limit, d2))
        remainder = numerator - coarse * w
        above = w - 1 - remainder
        return _Located(
            coarse=coarse,
            below=where(low, 0, where(high, remainder & mask, remainder)),
            above=where(high, 0, where(low, above & mask, above)),
            excess=where(high, remainder, where(low, above, 0)) >> _SPARE_BITS,
        )

    return divide


assert STDDEV_BITS < _SPARE_BITS + 1, "w - 1 = L + U + 2^29 e has e = 0"  # noqa: S101
assert LEVEL_STEP >= LEVELS, "the keys 8 key + rule of two legs never meet"  # noqa: S101
