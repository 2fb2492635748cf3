"""N(d1) and N(-d2) from ln(F/K) and v: one division with saturation, two table rows.

d2 = (ln(F/K) - v^2/2) / v is found on its grid by a floor division by w = 2v + 1, the midpoint of
v's cell; d1 = d2 + v needs no division of its own. Where d1 <= -8 or d2 >= 8 the distribution
function is constant and one of the two bounds is let go, so v = 0 and T = 0 stay provable.
"""

from __future__ import annotations

from dataclasses import dataclass

from circuits.edsl.arithmetic import Arithmetic, HintFunction
from circuits.edsl.numbers import LaneVector, Numbers
from circuits.edsl.values import FieldElement, Integer, Quotient
from circuits.functions.normal_cdf import NormalValue, normal_cdf, normal_format
from circuits.profile import Profile


@dataclass(frozen=True)
class TotalStddev:
    """v cut into coarse units (unchecked), its next two limbs, and lower ones."""

    coarse: Quotient
    high_limb: Integer
    next_limb: Integer


@dataclass(frozen=True)
class Distribution:
    """Both values, the fine part of d1, and the divisor w."""

    first: NormalValue  #: N(d1)
    second: NormalValue  #: N(-d2)
    first_fine: Integer
    divisor: Integer


@dataclass(frozen=True)
class _Located:
    """The honest division: d2 = coarse * 2^w + limb, its slacks, and whether it is saturated."""

    coarse: LaneVector
    limb: LaneVector
    below: LaneVector
    above: LaneVector
    saturated: LaneVector


def distribution(
    ar: Arithmetic, profile: Profile, moneyness: Quotient, stddev: TotalStddev
) -> Distribution:
    """N(d1), N(-d2), the fine part of d1, and the divisor w of the division by v.

    d2 is the unknown, the floor of (ln(F/K) - v^2/2)/v on its grid or saturated.
    """
    width, lanes, form = profile.limb_bits, moneyness.lanes, normal_format(profile)
    divide = _divider(ar.numbers, profile)
    located: _Located = ar.compute(
        lanes, divide, moneyness.debt.q, stddev.coarse.debt.q, stddev.high_limb
    )
    with ar.scope("second"):
        (coarse,) = ar.hint("coarse", lanes, 1, lambda: located.coarse)
        limb = ar.integer_hint("limb", lanes, width, lambda: located.limb)
        second = normal_cdf(ar, profile, -coarse, limb * -(1 << width))
    with ar.scope("first"):
        first_fine = (limb.plus(stddev.high_limb) * (1 << width)).plus(
            stddev.next_limb, -(1 << (2 * width))
        )
        first = normal_cdf(ar, profile, stddev.coarse - second.coarse + 1, first_fine)
    with ar.scope("division"):
        divisor = (stddev.coarse.debt.settled() * (1 << width)).plus(stddev.high_limb) * 2
        divisor = divisor.plus(1)
        quarter = _quarter_product(ar, divisor, limb.minus(second.coarse * (1 << width)))
        remainder = (moneyness - quarter).discharge(1 << (2 * profile.spare_bits + 1))
        above_lowest = first.coarse.plus(form.saturation)
        below_highest = second.coarse.plus(form.saturation)
        _bound(ar, profile, remainder, divisor, above_lowest, below_highest, located)
    return Distribution(first, second, first_fine, divisor)


def _quarter_product(ar: Arithmetic, divisor: Integer, d2: Integer) -> Integer:
    """(w (4 d2 + w) + 3) / 4 = w d2 + (w^2 + 3)/4 for an odd w: one product for both terms."""
    product = ar.product("product", divisor, (d2 * 4).plus(divisor))
    return ar.assume_exact(
        product.plus(3),
        4,
        because="w = 2 v + 1 is odd by its form, so w (4 d2 + w) = w^2 = 1 mod 4",
        must_fail="test_division_refuses_neighbours",
    )


def _bound(
    ar: Arithmetic,
    profile: Profile,
    remainder: FieldElement,
    divisor: Integer,
    above_lowest: Integer,
    below_highest: Integer,
    located: _Located,
) -> None:
    """0 <= remainder unless d1 = -8, and remainder <= w - 1 unless d2 = 8; 3 constraints, 2 slacks.

    Both slacks have `spare_bits`, enough for w - 1. The excess that is added to both is 0 or
    above + below * 2^(spare - 1), never negative, so the bounds hold whichever it is. A saturated
    lane needs one slack only and makes it longer by the limbs of the other: below + excess is
    every number up to 2^(2 spare - 1), above + excess every even one.
    """
    below = ar.integer_hint("below", divisor.lanes, profile.spare_bits, lambda: located.below)
    above = ar.integer_hint("above", divisor.lanes, profile.spare_bits, lambda: located.above)
    most = above.plus(below * (1 << (profile.spare_bits - 1)))
    (excess,) = ar.hint("excess", divisor.lanes, 1, lambda m: m * located.saturated, most)
    ar.assert_zero_product("excess", excess, excess - most)
    ar.assert_zero_product("at_least", remainder - below - excess, above_lowest)
    ar.assert_zero_product("below_next", divisor - 1 - remainder - above - excess, below_highest)
    ar.rely_on(
        because="first.coarse = -8 and second.coarse = -8 cannot both hold (v >= 0), so one of the "
        "two zero products bounds ln(F/K) to 2^(2 spare + 1): less than any multiple of "
        "kappa the strike's logarithm could be off by, and than any fraction 1/2^s",
        must_fail="test_saturated_lane_refuses_another_strike",
    )


def _divider(numbers: Numbers, profile: Profile) -> HintFunction:
    """The honest division of ln(F/K) by v, saturated where the distribution function is.

    At d1 <= -8 the limb does not matter to N(d1) = 0 and N(-d2) = 1; as w is odd, a limb of 0 or
    1 makes the slack even.
    """
    width, half = profile.limb_bits, 1 << (profile.spare_bits - 1)
    limit = normal_format(profile).saturation
    where = numbers.where

    def divide(n: LaneVector, t: LaneVector, high_limb: LaneVector) -> _Located:
        w = ((t << width) + high_limb) * 2 + 1
        numerator = n - (w * w + 3) // 4
        d2 = numerator // w
        coarse = d2 >> width
        low = coarse + t + 1 < -limit
        high = (coarse > limit) & ~low
        coarse = where(low, -limit - t - 1, where(high, limit, coarse))
        limb = where(low, numerator & 1, where(high, 0, d2 & ((1 << width) - 1)))
        remainder = numerator - ((coarse << width) + limb) * w
        above = w - 1 - remainder
        return _Located(
            coarse=coarse,
            limb=limb,
            below=where(low, above // half, where(high, remainder // (half + 1), remainder)),
            above=where(low, above % half // 2, where(high, remainder % (half + 1), above)),
            saturated=where(low | high, 1, 0),
        )

    return divide
