"""The model of `option_marks`: Black-76 on integers, written once for all readings.

    price = D (F (N(d1) - p) + K (N(-d2) - 1 + p)),   p = 0 for a call, 1 for a put,
    d1,2 = ln(F/K)/v +- v/2,    v = volatility * sqrt(T)

Black, F. (1976), "The pricing of commodity contracts", eq. 16; error bars and the
uniqueness argument are in circuits/docs/option_marks.md. Nothing is rounded before the price but
ln (once), v (once) and one division.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from circuits.edsl.arithmetic import Arithmetic, HintFunction
from circuits.edsl.lanes import Lanes
from circuits.edsl.values import Integer, Quotient
from circuits.functions.ln import ln_format, ln_unchecked
from circuits.functions.normal_cdf import normal_format
from circuits.gadgets.boolean import boolean_hint
from circuits.gadgets.rounding import nearest_positive_part
from circuits.gadgets.square_root import nearest_square_root
from circuits.profile import Profile
from circuits.statements.option_marks.distribution import (
    Distribution,
    TotalStddev,
    distribution,
)
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
    root_time: Integer  #: one volatility unit times sqrt(T in years)
    log_forward: Integer  #: ln(F / 2^20) at the division's scale


@dataclass(frozen=True)
class OptionValues:
    """One option's inputs, its price and what the Greeks build on."""

    strike: Integer
    volatility: Integer
    is_put: Integer
    distribution: Distribution
    forward_share: Integer  #: N(d1) - p
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
        quotient, _ = ar.unchecked_quotient("ln", ln_unchecked(ar, profile, forward), drop)
        log_bits = profile.whole_limbs(form.value_bits - drop)
        log_forward = ar.range_check("ln", quotient, log_bits)
    with ar.scope("root_time"):
        radicand = (seconds * time_constant(profile)).plus(1)
        root_time = nearest_square_root(ar, "root", radicand, profile.root_bits)
    return GroupValues(
        forward=forward,
        discount=discount,
        rate_biased=rate,
        seconds=seconds,
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
    found = distribution(ar, profile, moneyness, stddev)
    one = 1 << normal_format(profile).fraction_bits
    put = is_put * one
    forward_share = found.first.value.minus(put)
    strike_share = found.second.value.minus(one).plus(put)
    with ar.scope("price"):
        price = _price(ar, profile, group, strike, forward_share, strike_share)
    return OptionValues(
        strike=strike,
        volatility=volatility,
        is_put=is_put,
        distribution=found,
        forward_share=forward_share,
        price=price,
    )


def _moneyness(ar: Arithmetic, profile: Profile, strike: Integer, group: GroupValues) -> Quotient:
    """ln(F/K) at the division's scale, unchecked: `distribution` bounds it."""
    drop = ln_format(profile).fraction_bits - moneyness_bits(profile)
    with ar.scope("moneyness"):
        difference = (group.log_forward * (1 << drop)).minus(ln_unchecked(ar, profile, strike))
        quotient, _ = ar.unchecked_quotient("moneyness", difference, drop)
    return quotient


def _total_stddev(
    ar: Arithmetic, profile: Profile, volatility: Integer, group: GroupValues
) -> TotalStddev:
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
    return TotalStddev(coarse, limbs[-1], limbs[-2])


def _limb(position: int, width: int) -> HintFunction:
    return lambda values: (values >> (position * width)) & ((1 << width) - 1)


def _price(
    ar: Arithmetic,
    profile: Profile,
    group: GroupValues,
    strike: Integer,
    forward_share: Integer,
    strike_share: Integer,
) -> Integer:
    """The formula on exact integers, rounded once to atoms and clamped at zero."""
    fraction_bits = normal_format(profile).fraction_bits
    forward_leg = ar.product("forward_leg", forward_share, group.forward)
    strike_leg = ar.product("strike_leg", strike_share, strike)
    raw = ar.product("discounted", forward_leg.plus(strike_leg), group.discount)
    scale = DISCOUNT_FRACTION_BITS + fraction_bits
    return nearest_positive_part(ar, "price", raw * ATOMS_PER_TICK, scale, PRICE_BITS)
