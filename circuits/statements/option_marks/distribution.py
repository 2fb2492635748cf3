"""N(d1) and N(-d2) from ln(F/K) and v: one division with saturation, two table rows.

d2 = (ln(F/K) - v^2/2) / v is found on its grid by a floor division by w = 2v + 1, the midpoint of
v's cell; d1 = d2 + v needs no division of its own. Where d1 <= -8 or d2 >= 8 the distribution
function is constant and one of the two bounds is let go, so v = 0 and T = 0 stay provable.
"""

from __future__ import annotations

from dataclasses import dataclass

from circuits.edsl.arithmetic import Arithmetic, HintFunction
from circuits.edsl.lanes import Lanes
from circuits.edsl.numbers import LaneVector, Numbers
from circuits.edsl.values import Integer, Quotient
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
    """The honest division: d2 = coarse * 2^w + limb, its slacks and its saturation."""

    coarse: LaneVector
    limb: LaneVector
    below: LaneVector
    above: LaneVector
    excess: LaneVector


def distribution(
    ar: Arithmetic, profile: Profile, moneyness: Quotient, stddev: TotalStddev
) -> Distribution:
    """N(d1), N(-d2), the fine part of d1, and the divisor w of the division by v.

    d2 is the unknown. Not saturated, both slacks are >= 0 and add up to w - 1, so d2 is the floor
    of (ln(F/K) - v^2/2)/v on its grid. At d2 >= 8 only the lower bound is enforced, at d1 <= -8
    only the upper one; there the distribution function is constant.
    """
    width, lanes = profile.limb_bits, moneyness.lanes
    form = normal_format(profile)
    located: _Located = ar.compute(
        lanes,
        _divider(ar.numbers, profile),
        moneyness.debt.q,
        stddev.coarse.debt.q,
        stddev.high_limb,
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
        reach = profile.spare_bits + profile.saturation_bits + 1
        remainder = (moneyness - quarter).discharge(1 << reach)
        below, above, excess = _slacks(ar, profile, lanes, located)
        excess = excess * (1 << profile.spare_bits)
        ar.assert_zero_product(
            "at_least", remainder - below - excess, first.coarse.plus(form.saturation)
        )
        ar.assert_zero_product(
            "below_next",
            divisor - 1 - remainder - above - excess,
            second.coarse.plus(form.saturation),
        )
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


def _slacks(
    ar: Arithmetic, profile: Profile, lanes: Lanes, located: _Located
) -> tuple[Integer, Integer, Integer]:
    below = ar.integer_hint("below", lanes, profile.spare_bits, lambda: located.below)
    above = ar.integer_hint("above", lanes, profile.spare_bits, lambda: located.above)
    excess = ar.integer_hint("excess", lanes, profile.saturation_bits, lambda: located.excess)
    ar.rely_on(
        because="first.coarse = -8 and second.coarse = -8 cannot both hold (v >= 0), so one of the "
        "two zero products bounds ln(F/K) to 2^(spare + saturation + 1): less than any multiple of "
        "kappa the strike's logarithm could be off by, and than any fraction 1/2^s",
        must_fail="test_saturated_lane_refuses_another_strike",
    )
    return below, above, excess


def _divider(numbers: Numbers, profile: Profile) -> HintFunction:
    """The honest division of ln(F/K) by v, saturated where the distribution function is."""
    width = profile.limb_bits
    limit = normal_format(profile).saturation
    spare_mask = (1 << profile.spare_bits) - 1
    where = numbers.where

    def divide(n: LaneVector, t: LaneVector, high_limb: LaneVector) -> _Located:
        w = ((t << width) + high_limb) * 2 + 1
        numerator = n - (w * w + 3) // 4
        d2 = numerator // w
        coarse = d2 >> width
        low = coarse + t + 1 < -limit
        high = (coarse > limit) & ~low
        coarse = where(low, -limit - t - 1, where(high, limit, coarse))
        limb = where(low | high, 0, d2 & ((1 << width) - 1))
        remainder = numerator - ((coarse << width) + limb) * w
        above = w - 1 - remainder
        return _Located(
            coarse=coarse,
            limb=limb,
            below=where(low, 0, where(high, remainder & spare_mask, remainder)),
            above=where(high, 0, where(low, above & spare_mask, above)),
            excess=where(high, remainder, where(low, above, 0)) >> profile.spare_bits,
        )

    return divide
