"""A leg's volatility, and its total standard deviation v at the five levels rows choose from.

    none      sigma                  up        max(minimum, sigma (1 + range_up x))
    down      sigma max(0, 1 - range_down x)
    linear    sigma max(0, 1 + clamp(k, -k*, k*) cap / k*)          absolute   the same with |k|

sigma is at 2^-35: from the SVI slice (variance cut at 2^-70, root nearest) or the listed series
(half even). v = sigma sqrt(T) is exact at 2^-78 for the first three levels; a skew factor is
rounded to nearest at 2^-42 before it. v is cut to its coarse part t at 2^-22 and one fine limb.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from circuits.edsl.arithmetic import Arithmetic
from circuits.edsl.values import Integer
from circuits.edsl.wire_rows import offer_rows
from circuits.functions.normal_lite import lite_format
from circuits.gadgets.division import half_even_quotient
from circuits.gadgets.rounding import nearest, nearest_positive_part
from circuits.gadgets.selection import maximum, minimum, narrowed, sign
from circuits.gadgets.square_root import nearest_square_root
from circuits.profile import Profile
from circuits.statements.option_marks.inputs import VOLATILITY_UNITS_PER_ONE
from circuits.statements.portfolio_margin.model.governed import Governed
from circuits.statements.portfolio_margin.model.lookups import LEVEL_TAG, Curve, Place
from circuits.statements.portfolio_margin.model.scales import (
    MONEYNESS,
    SKEW,
    SLOPE,
    STDDEV,
    VOLATILITY,
)
from circuits.statements.portfolio_margin.units import RHO_FRACTION_BITS, SVI_FRACTION_BITS

LEVELS = 5
"""One for each volatility rule, in the rules' order."""
LEVEL_STEP = 8
"""Between the keys of two legs' levels."""
STDDEV_BITS = 28
"""Coarse v: below 64; the market door refuses 15.5 already."""
_VARIANCE_BITS = 82
_VARIANCE_ROOT_BITS = 42
_ROOT_BITS = 56
_SKEW_BITS = 56


@dataclass(frozen=True)
class Level:
    """v at one level: coarse units of 2^-22, and the limb below."""

    coarse: Integer
    fine: Integer


@dataclass(frozen=True)
class Levels:
    """All levels of a leg, by rule, and the leg's part of the index they are offered under."""

    key: Integer
    cut: tuple[Level, ...]


def volatility_from_curve(ar: Arithmetic, curve: Curve, k: Integer) -> Integer:
    """sigma at 2^-35 of an SVI slice at log-moneyness k (2^-45)."""
    with ar.scope("svi"):
        x = k.minus(curve.m * (1 << (MONEYNESS - SVI_FRACTION_BITS)))
        product = ar.product("square", x, x)
        square = narrowed(product, 0, product.hi)
        radicand = square.plus(curve.square * (1 << 2 * (MONEYNESS - SVI_FRACTION_BITS)), 1)
        y = nearest_square_root(ar, "y", radicand, _ROOT_BITS)
        bend = ar.product("bend", curve.b, y) * (1 << RHO_FRACTION_BITS)
        wing = ar.product("tilt", curve.tilt, x).plus(bend)
        variance = (curve.a * (1 << (MONEYNESS + RHO_FRACTION_BITS))).plus(wing)
        drop = MONEYNESS + RHO_FRACTION_BITS + SVI_FRACTION_BITS - 2 * VOLATILITY
        checked = nearest(ar, "variance", variance, drop, _VARIANCE_BITS, bias=-1)
        return nearest_square_root(ar, "sigma", checked, _VARIANCE_ROOT_BITS)


def volatility_from_units(ar: Arithmetic, name: str, units: Integer, bits: int) -> Integer:
    """Units of 2e-8 at 2^-35, half even."""
    return half_even_quotient(ar, name, units * (1 << VOLATILITY), VOLATILITY_UNITS_PER_ONE, bits)


def offer_levels(
    ar: Arithmetic,
    profile: Profile,
    governed: Governed,
    place: Place,
    key: Integer,
    k: Integer,
    sigma: Integer,
) -> Levels:
    """v at every level, cut, and offered under 8 key + rule."""
    least = volatility_from_units(
        ar, "minimum_up_volatility", governed.values["minimum_up_volatility"], 42
    )
    base = ar.product("none", sigma, place.root_time)
    linear, absolute = _skews(ar, place, k)
    totals: Sequence[tuple[str, Integer, int]] = (
        ("none", base, STDDEV),
        ("up", _up(ar, place, sigma, least), STDDEV),
        ("down", ar.product("down", sigma, place.root_down), STDDEV),
        ("linear", ar.product("linear", base, linear), STDDEV + SKEW),
        ("absolute", ar.product("absolute", base, absolute), STDDEV + SKEW),
    )
    scaled = key * LEVEL_STEP
    levels = []
    for rule, (name, total, fraction) in enumerate(totals):
        level = _cut(ar, profile, name, total, fraction)
        number = ar.constant(governed.root, rule)
        offer_rows(ar, f"{name}_level", LEVEL_TAG, (level.coarse, level.fine), (scaled, number))
        levels.append(level)
    return Levels(scaled, tuple(levels))


def _up(ar: Arithmetic, place: Place, sigma: Integer, least: Integer) -> Integer:
    floor = ar.product("minimum_stddev", place.root_time, least)
    return maximum(ar, "up", ar.product("shocked", sigma, place.root_up), floor)


def _skews(ar: Arithmetic, place: Place, k: Integer) -> tuple[Integer, Integer]:
    """Factors of the linear and of the absolute rule at 2^-42."""
    with ar.scope("skew"):
        signed = sign(ar, "k", k)
        reach = minimum(ar, "reach", signed.absolute, place.k_star)
        directed = (ar.product("direction", signed.is_positive, reach) * 2).minus(reach)
        drop = MONEYNESS + SLOPE - SKEW
        one = 1 << (MONEYNESS + SLOPE)
        linear = ar.product("linear", directed, place.linear_slope).plus(one)
        absolute = ar.product("absolute", reach, place.absolute_slope).plus(one)
        return (
            nearest_positive_part(ar, "linear_factor", linear, drop, _SKEW_BITS),
            nearest(ar, "absolute_factor", absolute, drop, _SKEW_BITS),
        )


def _cut(ar: Arithmetic, profile: Profile, name: str, total: Integer, fraction: int) -> Level:
    """The total at 2^-fraction as coarse units and the limb below; lower limbs are dropped."""
    width = profile.limb_bits
    drop = fraction - lite_format(profile).coarse_bits
    low_bits = drop - width
    with ar.scope(f"{name}_cut"):
        low = ar.integer_hint(
            "low", total.lanes, low_bits, lambda v: v & ((1 << low_bits) - 1), total
        )
        fine = ar.integer_hint(
            "fine", total.lanes, width, lambda v: (v >> low_bits) & ((1 << width) - 1), total
        )
        multiple = total.minus(low, fine * (1 << low_bits))
        quotient = ar.open_quotient("coarse", multiple, drop)
        return Level(ar.range_check("coarse", quotient, STDDEV_BITS), fine)
