"""The model of `option_marks`: Black-76 on integers, written once for all readings.

    call = A N(d1) - B N(d2),   A = F D,  B = K D,
    d1,2 = ln(F/K)/v +- v/2,    v = volatility * sqrt(T)

Black, F. (1976), "The pricing of commodity contracts", eq. 16; the exact integer formulas, their
uniqueness argument and their error bounds are those of reference/gadgets, section 4. Nothing is
rounded before the price but ln (once), v (once) and one division.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np

from circuits.edsl.arithmetic import Arithmetic, HintFunction
from circuits.edsl.evaluation import IntegerArray
from circuits.edsl.lanes import Lanes
from circuits.edsl.values import Integer, Quotient
from circuits.functions.ln import ln_format, ln_unbound
from circuits.functions.normal_cdf import NormalValue, normal_cdf, normal_format
from circuits.gadgets.boolean import boolean_hint
from circuits.gadgets.rounding import nearest_positive_part
from circuits.gadgets.square_root import nearest_square_root
from circuits.profile import Profile
from circuits.statements.option_marks.inputs import (
    ATOMS_PER_TICK,
    DISCOUNT_FRACTION_BITS,
    SECONDS_PER_YEAR,
    VOLATILITY_UNITS_PER_ONE,
)

STRIKE_CHECK_BITS = 42
DISCOUNT_BITS = 46
RATE_BITS = 28
SECONDS_BITS = 28
VOLATILITY_BITS = 28
PRICE_BITS = 56


@dataclass(frozen=True)
class GroupValues:
    """What the options of an expiry share."""

    forward: Integer
    discount: Integer
    rate_biased: Integer
    seconds: Integer
    discounted_forward: Integer  #: A = F * D, ticks at 2^-44
    root_time: Integer  #: one volatility unit times sqrt(T in years)
    log_forward: Integer  #: ln(F / 2^20) at the division's scale


@dataclass(frozen=True)
class OptionValues:
    """One option's inputs, its price and what the Greeks build on."""

    strike: Integer
    volatility: Integer
    is_put: Integer
    divisor: Integer  #: w = 2 v + 1 in units of 2^-(coarse + w + 1): midpoint of v's cell
    first: NormalValue  #: N(d1)
    second: NormalValue  #: N(-d2)
    first_fine: Integer
    price: Integer  #: atoms


def stddev_bits(profile: Profile) -> int:
    """Total standard deviation v counts 2^-stddev_bits."""
    return normal_format(profile).coarse_bits + profile.stddev_drop_bits


def moneyness_bits(profile: Profile) -> int:
    """ln(F/K) is divided at this scale: twice d's own, and one bit for the half."""
    return 2 * (normal_format(profile).coarse_bits + profile.limb_bits) + 1


def time_constant(profile: Profile) -> int:
    """(one volatility unit at v's scale)^2 per second, nearest."""
    unit = Decimal(1 << stddev_bits(profile)) / VOLATILITY_UNITS_PER_ONE
    ratio = unit * unit / SECONDS_PER_YEAR
    return int(ratio.to_integral_value(ROUND_HALF_EVEN))


def price_group(ar: Arithmetic, profile: Profile, lanes: Lanes) -> GroupValues:
    """Inputs and shared values of the groups."""
    with ar.scope("inputs"):
        forward = ar.integer_hint("forward", lanes, STRIKE_CHECK_BITS, ar.input("forward_ticks"))
        discount = ar.integer_hint("discount", lanes, DISCOUNT_BITS, ar.input("discount"))
        rate = ar.integer_hint("rate", lanes, RATE_BITS, ar.input("rate_biased"))
        seconds = ar.integer_hint("seconds", lanes, SECONDS_BITS, ar.input("seconds_to_expiry"))
    with ar.scope("forward"):
        form = ln_format(profile)
        drop = form.fraction_bits - moneyness_bits(profile)
        quotient, _ = ar.unchecked_quotient("ln", ln_unbound(ar, profile, forward), drop)
        log_forward = ar.range_check("ln", quotient, form.value_bits - drop)
    with ar.scope("root_time"):
        radicand = (seconds * time_constant(profile)).plus(1)
        root_time = nearest_square_root(ar, "root", radicand, profile.root_bits)
    return GroupValues(
        forward=forward,
        discount=discount,
        rate_biased=rate,
        seconds=seconds,
        discounted_forward=ar.product("discounted_forward", forward, discount),
        root_time=root_time,
        log_forward=log_forward,
    )


def price_options(
    ar: Arithmetic, profile: Profile, lanes: Lanes, group: GroupValues
) -> OptionValues:
    """Inputs, distribution values and prices of the options."""
    with ar.scope("inputs"):
        strike = ar.integer_hint("strike", lanes, STRIKE_CHECK_BITS, ar.input("strike_ticks"))
        volatility = ar.integer_hint("volatility", lanes, VOLATILITY_BITS, ar.input("volatility"))
        is_put = boolean_hint(ar, "is_put", lanes, ar.input("is_put"))
    moneyness = _moneyness(ar, profile, strike, group)
    stddev = _total_stddev(ar, profile, volatility, group)
    first, second, first_fine, divisor = _distribution(ar, profile, moneyness, stddev)
    with ar.scope("price"):
        price = _price(ar, profile, strike, is_put, group, first, second)
    return OptionValues(
        strike=strike,
        volatility=volatility,
        is_put=is_put,
        divisor=divisor,
        first=first,
        second=second,
        first_fine=first_fine,
        price=price,
    )


@dataclass(frozen=True)
class _Stddev:
    """v cut into coarse units (unchecked), its next two limbs, and lower ones."""

    coarse: Quotient
    high_limb: Integer
    next_limb: Integer


def _moneyness(ar: Arithmetic, profile: Profile, strike: Integer, group: GroupValues) -> Quotient:
    """ln(F/K) at the division's scale, unchecked: `_distribution` bounds it."""
    drop = ln_format(profile).fraction_bits - moneyness_bits(profile)
    with ar.scope("moneyness"):
        difference = (group.log_forward * (1 << drop)).minus(ln_unbound(ar, profile, strike))
        quotient, _ = ar.unchecked_quotient("moneyness", difference, drop)
    return quotient


def _total_stddev(
    ar: Arithmetic, profile: Profile, volatility: Integer, group: GroupValues
) -> _Stddev:
    """v = volatility * sqrt(T), cut at the distribution function's coarse unit."""
    width = profile.limb_bits
    with ar.scope("total_stddev"):
        total = ar.product("product", volatility, group.root_time)
        limbs = [
            ar.integer_hint(f"limb[{i}]", total.lanes, width, _limb(i, width), total)
            for i in range(profile.stddev_limbs)
        ]
        rest = total.minus(*[limb * (1 << (width * i)) for i, limb in enumerate(limbs)])
        coarse = ar.open_quotient("coarse", rest, profile.stddev_drop_bits)
    return _Stddev(coarse, limbs[-1], limbs[-2])


def _limb(position: int, width: int) -> HintFunction:
    return lambda values: (values >> (position * width)) & ((1 << width) - 1)


@dataclass(frozen=True)
class _Located:
    """The honest division: d2 = coarse * 2^w + limb, its slacks and its saturation."""

    coarse: IntegerArray
    limb: IntegerArray
    below: IntegerArray
    above: IntegerArray
    excess: IntegerArray


def _distribution(
    ar: Arithmetic, profile: Profile, moneyness: Quotient, stddev: _Stddev
) -> tuple[NormalValue, NormalValue, Integer, Integer]:
    """N(d1), N(-d2), the fine part of d1, and the divisor w of the division by v.

    d2 is the unknown. Not saturated, both slacks are >= 0 and add up to w - 1, so d2 is the floor
    of (ln(F/K) - v^2/2)/v on its grid. At d2 >= 8 only the lower bound is enforced, at d1 <= -8
    only the upper one; there the distribution function is constant.
    """
    width, lanes = profile.limb_bits, moneyness.lanes
    form = normal_format(profile)
    located: _Located = ar.compute(
        lanes, _divider(profile), moneyness.debt.q, stddev.coarse.debt.q, stddev.high_limb
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
        remainder = (moneyness - quarter).discharge(
            2 << (profile.spare_bits + profile.saturation_bits)
        )
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
    return first, second, first_fine, divisor


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


def _divider(profile: Profile) -> HintFunction:
    """The honest division of ln(F/K) by v, saturated where the distribution function is."""
    width = profile.limb_bits
    limit = normal_format(profile).saturation
    spare_mask = (1 << profile.spare_bits) - 1

    def divide(n: IntegerArray, t: IntegerArray, high_limb: IntegerArray) -> _Located:
        w = 2 * ((t << width) + high_limb) + 1
        numerator = n - (w * w + 3) // 4
        d2 = numerator // w
        coarse = d2 >> width
        low = coarse + t + 1 < -limit
        high = (coarse > limit) & ~low
        coarse = np.where(low, -limit - t - 1, np.where(high, limit, coarse))
        limb = np.where(low | high, d2 * 0, d2 & ((1 << width) - 1))
        remainder = numerator - ((coarse << width) + limb) * w
        above = w - 1 - remainder
        zero = remainder * 0
        return _Located(
            coarse=coarse,
            limb=limb,
            below=np.where(low, zero, np.where(high, remainder & spare_mask, remainder)),
            above=np.where(high, zero, np.where(low, above & spare_mask, above)),
            excess=np.where(high, remainder, np.where(low, above, zero)) >> profile.spare_bits,
        )

    return divide


def _price(
    ar: Arithmetic,
    profile: Profile,
    strike: Integer,
    is_put: Integer,
    group: GroupValues,
    first: NormalValue,
    second: NormalValue,
) -> Integer:
    """The undiscounted formula on exact integers, rounded once to atoms and clamped at zero."""
    fraction_bits = normal_format(profile).fraction_bits
    one = 1 << fraction_bits
    forward_leg = ar.product("forward_leg", group.discounted_forward, first.value)
    discounted_strike = ar.product("discounted_strike", strike, group.discount)
    strike_leg = ar.product("strike_leg", discounted_strike, -second.value.minus(one))
    gap = discounted_strike.minus(group.discounted_forward)
    parity = ar.product("parity", is_put, gap)
    raw = forward_leg.minus(strike_leg).plus(parity * one)
    scale = DISCOUNT_FRACTION_BITS + fraction_bits
    return nearest_positive_part(
        ar, "price", raw * ATOMS_PER_TICK, scale, PRICE_BITS, profile.negative_bits
    )
