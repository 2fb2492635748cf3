"""What the legs of a slice share: ln F, sqrt(T), shock sizes, skew slopes.

    x    = exp(p ln(30 days / max(T, floor))),  p short up to 30 days, else long
    up   = 1 + range_up x       down = max(0, 1 - range_down x)
    cap  = max(0, base + slope sqrt(T))
    k*   = max(min k*, sqrt(T) width (static + sqrt(T) scale))

Roundings: ln down at 2^-45; the exponent to 2^-34 after clamping to [-6, 2]; x nearest at 2^-44;
sqrt(T) nearest at 2^-43, and its products with up and down half even at 2^-43; k* half even at
2^-45; cap / k* half even at 2^-39.
"""

from __future__ import annotations

from dataclasses import dataclass

from circuits.edsl.arithmetic import Arithmetic
from circuits.edsl.values import Integer
from circuits.functions.exp import exp, exp_format
from circuits.gadgets.division import half_even_quotient
from circuits.gadgets.rounding import nearest
from circuits.gadgets.selection import maximum, minimum, select, sign
from circuits.gadgets.square_root import nearest_square_root
from circuits.profile import Profile
from circuits.statements.option_marks.inputs import SECONDS_PER_YEAR
from circuits.statements.portfolio_margin.admission import SHORT_SECONDS
from circuits.statements.portfolio_margin.model.governed import Governed
from circuits.statements.portfolio_margin.model.logarithm import floor_log
from circuits.statements.portfolio_margin.model.scales import (
    MONEYNESS,
    ROOT_BITS,
    ROOT_TIME,
    SHOCK,
    SLOPE,
    logarithm,
)
from circuits.statements.portfolio_margin.model.slices import Slices
from circuits.statements.portfolio_margin.units import PARAMETER_ONE

_SMALL_BITS = 14
_SMALL_SHIFT, _BIG_SHIFT = 22, 8
_EXP_BITS = 48
_K_STAR_BITS = 70
_SLOPE_BITS = 78


@dataclass(frozen=True)
class Shocks:
    """Shared factors (a lane for each slice)."""

    log_forward: Integer  #: ln(F / 2^20) at 2^-45
    root_time: Integer  #: sqrt(T in years) at 2^-43
    root_up: Integer  #: the same times the "up" factor
    root_down: Integer
    k_star: Integer  #: at 2^-45
    linear_slope: Integer  #: at 2^-39
    absolute_slope: Integer


def share_shocks(ar: Arithmetic, profile: Profile, slices: Slices, governed: Governed) -> Shocks:
    """All factors of volatility."""
    with ar.scope("slice"):
        log_forward = floor_log(ar, profile, "forward", slices.forward)
        constant = round_ratio(1 << (2 * ROOT_TIME), SECONDS_PER_YEAR)
        radicand = (slices.seconds * constant).plus(1)
        root = nearest_square_root(ar, "root_time", radicand, ROOT_BITS)
        with ar.scope("shock"):
            size = _size(ar, profile, slices.seconds, governed)
            up, down = _roots(ar, governed, size, root)
        with ar.scope("skew"):
            k_star = _k_star(ar, governed, root)
            slopes = [
                _slope(ar, name, governed, root, k_star) for name in ("linear_cap", "absolute_cap")
            ]
    return Shocks(log_forward, root, up, down, k_star, *slopes)


def round_ratio(numerator: int, denominator: int) -> int:
    """numerator / denominator, nearest, for constants."""
    return (2 * numerator + denominator) // (2 * denominator)


def exp_of(
    ar: Arithmetic, profile: Profile, numerator: Integer, per_unit: int, *, lo: int, hi: int
) -> Integer:
    """e^(numerator / per_unit) at 2^-44, the exponent clamped to [lo, hi] and rounded to 2^-34."""
    low, high = lo * per_unit, hi * per_unit
    lanes = numerator.lanes
    clamped = numerator
    if numerator.hi > high:
        clamped = minimum(ar, "at_most", clamped, ar.constant(lanes, high))
    if numerator.lo < low:
        clamped = maximum(ar, "at_least", clamped, ar.constant(lanes, low))
    form = exp_format(profile)
    scaled = clamped.minus(low) * (1 << form.argument_bits)
    argument = half_even_quotient(ar, "exponent", scaled, per_unit, form.argument_bits + 4)
    value = exp(ar, profile, argument.plus(lo << form.argument_bits))
    return nearest(ar, "exp_value", value, form.fraction_bits - SHOCK, _EXP_BITS)


def _size(ar: Arithmetic, profile: Profile, seconds: Integer, governed: Governed) -> Integer:
    values = governed.values
    counted = maximum(ar, "floor", seconds, values["floor_seconds"])
    beyond = sign(ar, "long", seconds.minus(SHORT_SECONDS + 1)).is_positive
    power = select(ar, "power", beyond, values["long_power"], values["short_power"])
    big = sign(ar, "big", counted.minus(1 << _SMALL_BITS))
    at_big = big.positive.plus(big.is_positive * (1 << _SMALL_BITS))
    scaled = (counted * (1 << _SMALL_SHIFT)).minus(
        at_big * ((1 << _SMALL_SHIFT) - (1 << _BIG_SHIFT))
    )
    log = floor_log(ar, profile, "log", scaled)
    shifts = [
        logarithm(SHORT_SECONDS << (shift - 20), MONEYNESS)
        if shift >= 20
        else logarithm(SHORT_SECONDS, MONEYNESS) - logarithm(1 << (20 - shift), MONEYNESS)
        for shift in (_SMALL_SHIFT, _BIG_SHIFT)
    ]
    ratio = (big.is_positive * (shifts[1] - shifts[0])).plus(shifts[0]).minus(log)
    exponent = ar.product("exponent", power, ratio)
    return exp_of(ar, profile, exponent, PARAMETER_ONE << MONEYNESS, lo=-6, hi=2)


def _roots(
    ar: Arithmetic, governed: Governed, size: Integer, root: Integer
) -> tuple[Integer, Integer]:
    one = PARAMETER_ONE << SHOCK
    values = governed.values
    up = ar.product("up", values["range_up"], size).plus(one)
    less = sign(ar, "down", (-ar.product("range_down", values["range_down"], size)).plus(one))
    factors = (("root_up", up), ("root_down", less.positive))
    quotients = [
        half_even_quotient(ar, name, ar.product(f"{name}_product", root, factor), one, ROOT_BITS)
        for name, factor in factors
    ]
    return quotients[0], quotients[1]


def _k_star(ar: Arithmetic, governed: Governed, root: Integer) -> Integer:
    """At 2^-45: at least the minimum, so never 0."""
    values = governed.values
    level = (values["volatility_parameter_static"] * (1 << ROOT_TIME)).plus(
        ar.product("level", root, values["volatility_parameter_scale"])
    )
    width = ar.product("width", root, values["width_scale"])
    least = values["minimum_k_star"] * (PARAMETER_ONE << (2 * ROOT_TIME))
    wide = maximum(ar, "k_star", ar.product("wide", width, level), least)
    per_unit = PARAMETER_ONE * PARAMETER_ONE << (2 * ROOT_TIME - MONEYNESS)
    return half_even_quotient(ar, "k_star_rounded", wide, per_unit, _K_STAR_BITS)


def _slope(
    ar: Arithmetic, name: str, governed: Governed, root: Integer, k_star: Integer
) -> Integer:
    base, slope = governed.values[f"{name}_base"], governed.values[f"{name}_slope"]
    cap = sign(ar, name, (base * (1 << ROOT_TIME)).plus(ar.product(f"{name}_slope", root, slope)))
    numerator = cap.positive * (1 << (SLOPE + MONEYNESS - ROOT_TIME))
    return half_even_quotient(ar, f"{name}_per_k", numerator, k_star * PARAMETER_ONE, _SLOPE_BITS)
