"""Five Greeks of `option_marks`, each one integer (ranges and accuracy: circuits/docs).

Forward and rate are independent variables. In ticks, years and 1.00 units,

    delta = dV/dF     = +-D N(+-d1)                          unit 2^-39
    gamma = d2V/dF2   = D phi(d1) / (F v)                    unit 2^-67 per tick
    vega  = dV/d vol  = A phi(d1) sqrt(T)                    atoms per 1.00
    theta = (r V - A phi(d1) vol / (2 sqrt(max(T, 1 s)))) / 365    atoms per day
    rho   = dV/dr     = -T V                                 atoms per 1.00, always <= 0

Where v < 2^-(coarse + w) (R14: 2^-36) phi counts as 0: gamma and vega are 0, theta is r V / 365.
True quotients (gamma, rho) are rounded half to even, shifts to nearest.
"""

from __future__ import annotations

from dataclasses import dataclass

from circuits.edsl.arithmetic import Arithmetic
from circuits.edsl.values import Integer
from circuits.functions.normal_cdf import normal_format
from circuits.gadgets.division import half_even_quotient
from circuits.gadgets.rounding import nearest, nearest_positive_part
from circuits.gadgets.selection import value_where_nonzero
from circuits.gadgets.square_root import nearest_root
from circuits.profile import Profile
from circuits.statements.option_marks.black76 import (
    GroupValues,
    OptionValues,
    stddev_bits,
    time_constant,
)
from circuits.statements.option_marks.inputs import (
    ATOMS_PER_TICK,
    DISCOUNT_FRACTION_BITS,
    RATE_BIAS,
    RATE_FRACTION_BITS,
    SECONDS_PER_YEAR,
    VOLATILITY_UNITS_PER_ONE,
)

DELTA_FRACTION_BITS = 39
DELTA_BITS = 42
GAMMA_FRACTION_BITS = 67
GAMMA_BITS = 85
VEGA_BITS = 56
THETA_BITS = 70
RHO_BITS = 71
DELTA_BIAS = 1 << (DELTA_BITS - 1)
THETA_BIAS = 1 << (THETA_BITS - 1)

#: V <= D max(F, K) < 2^53.7 atoms and T < 2^28 s, so rho stays below 2^57, far inside its field.
_RHO_CHECK_BITS = 57
_DENSITY_FRACTION_BITS = 46
_DENSITY_BITS = 56
_VEGA_GUARD_BITS = 10
_VEGA_FACTOR_BITS = 70
_DECAY_FRACTION_BITS = 38
_DECAY_BITS = 71
_CURVATURE_FRACTION_BITS = 66
_CURVATURE_BITS = 57
_DAYS_PER_YEAR = 365
_SECONDS_PER_DAY = 86_400


@dataclass(frozen=True)
class GreekFactors:
    """What the Greeks of an expiry share."""

    vega: Integer  #: A sqrt(T), atoms at 2^-10
    decay: Integer  #: A / (2 sqrt(T) 365) for one volatility unit, atoms at 2^-38
    curvature: Integer  #: D / F at 2^-66 per tick


@dataclass(frozen=True)
class GreekValues:
    """The five Greeks in their units."""

    delta: Integer
    gamma: Integer
    vega: Integer
    theta: Integer
    rho_magnitude: Integer


def group_factors(ar: Arithmetic, profile: Profile, group: GroupValues) -> GreekFactors:
    """Shared factors: two divisions and two products for each group."""
    scale = stddev_bits(profile)
    discounted_forward = ar.product("discounted_forward", group.forward, group.discount)
    spread = ar.product("spread", discounted_forward, group.root_time)
    atoms_per_unit = VOLATILITY_UNITS_PER_ONE * ATOMS_PER_TICK
    vega = nearest(
        ar,
        "vega_factor",
        spread * atoms_per_unit,
        DISCOUNT_FRACTION_BITS + scale - _VEGA_GUARD_BITS,
        _VEGA_FACTOR_BITS,
    )
    divisor, twos = _decay_divisor()
    shift = scale + _DECAY_FRACTION_BITS - DISCOUNT_FRACTION_BITS - twos
    decay = half_even_quotient(
        ar,
        "decay",
        discounted_forward * (1 << shift),
        _time_floor(ar, profile, group) * divisor,
        _DECAY_BITS,
    )
    curvature = half_even_quotient(
        ar,
        "curvature",
        group.discount * (1 << (_CURVATURE_FRACTION_BITS - DISCOUNT_FRACTION_BITS)),
        ar.assume_interval(
            group.forward,
            1 << 20,
            (1 << 36) - 1,
            because="the logarithm's table has rows for [2^20, 2^36) only",
            must_fail="test_forward_outside_the_table_is_refused",
        ),
        _CURVATURE_BITS,
    )
    return GreekFactors(vega=vega, decay=decay, curvature=curvature)


def option_greeks(
    ar: Arithmetic,
    profile: Profile,
    group: GroupValues,
    factors: GreekFactors,
    option: OptionValues,
) -> GreekValues:
    """The Greeks of the options."""
    density = _density(ar, profile, option)
    return GreekValues(
        delta=_delta(ar, profile, group, option),
        gamma=_gamma(ar, profile, factors, option, density),
        vega=nearest(
            ar,
            "vega",
            ar.product("vega_raw", factors.vega, density),
            _VEGA_GUARD_BITS + _DENSITY_FRACTION_BITS,
            VEGA_BITS,
        ),
        theta=_theta(ar, group, factors, option, density),
        rho_magnitude=half_even_quotient(
            ar,
            "rho",
            ar.product("rho_raw", option.price, group.seconds),
            SECONDS_PER_YEAR,
            _RHO_CHECK_BITS,
        ),
    )


def _decay_divisor() -> tuple[int, int]:
    """2 * 365 * (volatility units)^2 / atoms per tick, exactly, as an odd number and its twos.

    The numerator is a multiple of the same power of two: without it a division has fewer limbs.
    """
    whole = 2 * _DAYS_PER_YEAR * VOLATILITY_UNITS_PER_ONE**2 // ATOMS_PER_TICK
    twos = (whole & -whole).bit_length() - 1
    return whole >> twos, twos


def _time_floor(ar: Arithmetic, profile: Profile, group: GroupValues) -> Integer:
    """sqrt(max(T, 1 s)) in the unit of root_time."""
    at_one = nearest_root(time_constant(profile) + 1)
    above = value_where_nonzero(ar, "time_floor", group.root_time.minus(at_one), group.seconds)
    root = above.plus(at_one)
    return ar.assume_interval(
        root,
        1,
        root.hi,
        because="root_time = round(sqrt(c T + 1)) is at least 1 for every T",
        must_fail="test_square_root_refuses_neighbours_and_half_integers",
    )


def _density(ar: Arithmetic, profile: Profile, option: OptionValues) -> Integer:
    """phi(d1) at 2^-46, 0 where v is below the division's grid."""
    form = normal_format(profile)
    raw_bits = form.fraction_bits - form.coarse_bits
    bend = ar.product("bend", option.distribution.first.taylor[2], option.distribution.first_fine)
    raw = (option.distribution.first.taylor[1] * (1 << (2 * profile.limb_bits))).plus(bend * 2)
    density = nearest_positive_part(
        ar, "density", raw, raw_bits - _DENSITY_FRACTION_BITS, _DENSITY_BITS
    )
    return value_where_nonzero(ar, "alive", density, option.distribution.divisor.minus(1))


def _delta(ar: Arithmetic, profile: Profile, group: GroupValues, option: OptionValues) -> Integer:
    form = normal_format(profile)
    raw = ar.product("delta_raw", option.forward_share, group.discount)
    drop = form.fraction_bits + DISCOUNT_FRACTION_BITS - DELTA_FRACTION_BITS
    return nearest(ar, "delta", raw, drop, DELTA_BITS, DELTA_BIAS)


def _gamma(
    ar: Arithmetic,
    profile: Profile,
    factors: GreekFactors,
    option: OptionValues,
    density: Integer,
) -> Integer:
    """curvature * density / v; the divisor w counts 2^-(coarse + w + 1)."""
    divisor_bits = normal_format(profile).coarse_bits + profile.limb_bits + 1
    numerator_bits = _CURVATURE_FRACTION_BITS + _DENSITY_FRACTION_BITS
    shift = numerator_bits - GAMMA_FRACTION_BITS - divisor_bits
    divisor = ar.assume_interval(
        option.distribution.divisor,
        1,
        option.distribution.divisor.hi,
        because="w = 2 v + 1 with v >= 0",
        must_fail="test_division_refuses_neighbours",
    )
    return half_even_quotient(
        ar,
        "gamma",
        ar.product("gamma_raw", factors.curvature, density),
        divisor * (1 << shift),
        GAMMA_BITS,
    )


def _theta(
    ar: Arithmetic,
    group: GroupValues,
    factors: GreekFactors,
    option: OptionValues,
    density: Integer,
) -> Integer:
    scale = _DECAY_FRACTION_BITS + _DENSITY_FRACTION_BITS
    swing = ar.product("swing", option.volatility, density)
    decay = ar.product("decay_raw", factors.decay, swing)
    carry = ar.product("carry", option.price, group.rate_biased.minus(RATE_BIAS))
    per_day = carry * (_SECONDS_PER_DAY << (scale - RATE_FRACTION_BITS))
    return nearest(ar, "theta", per_day.minus(decay), scale, THETA_BITS, THETA_BIAS)
