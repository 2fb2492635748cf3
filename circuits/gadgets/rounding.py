"""Dropping fraction bits, to nearest."""

from __future__ import annotations

from circuits.edsl.arithmetic import Arithmetic
from circuits.edsl.values import Integer


def nearest(
    ar: Arithmetic, name: str, value: Integer, drop: int, bits: int, bias: int = 0
) -> Integer:
    """round(value / 2^drop), ties up, checked to lie in [-bias, 2^bits - bias)."""
    scaled, padded = _padded(ar, value, drop)
    quotient, _ = ar.unchecked_quotient(name, scaled, padded)
    return ar.range_check(name, quotient + bias, bits).minus(bias)


def nearest_positive_part(
    ar: Arithmetic, name: str, value: Integer, drop: int, bits: int
) -> Integer:
    """max(0, round(value / 2^drop)) in [0, 2^bits), for a quotient in (-2^bits, 2^bits).

    The quotient is 2 out - m with its magnitude m >= 0 and out one of 0 and m: it is m where out
    is m, else -m. The range-checked remainder says which quotient it is, and so both. One product
    and bits/w + drop/w lookups, both rounded up.
    """
    scaled, padded = _padded(ar, value, drop)
    lanes, where = value.lanes, ar.numbers.where
    magnitude = ar.integer_hint(
        f"{name}_magnitude",
        lanes,
        bits,
        lambda v: where(v < 0, -(v >> padded), v >> padded),
        scaled,
    )
    (part,) = ar.hint(
        f"{name}_positive", lanes, 1, lambda v, m: where(v < 0, 0, m), scaled, magnitude
    )
    ar.assert_zero_product(f"{name}_positive_part", part, part - magnitude)
    out = Integer(ar, lanes, part.payload, False, lo=0, hi=magnitude.hi)
    rounded = (out * 2).minus(magnitude)
    ar.range_check(f"{name}_remainder", scaled.minus(rounded * (1 << padded)), padded)
    return out


def nearest_parts(
    ar: Arithmetic, name: str, value: Integer, drop: int, bits: int
) -> tuple[Integer, Integer]:
    """max(0, q) and max(0, -q) of q = round(value / 2^drop), ties up, both below 2^bits.

    As `nearest_positive_part`, but nothing is scaled, so a value near the field's width is fine.
    """
    raised = value.plus(1 << (drop - 1))
    lanes, where = value.lanes, ar.numbers.where
    magnitude = ar.integer_hint(
        f"{name}_magnitude",
        lanes,
        bits,
        lambda v: where(v < 0, -(v >> drop), v >> drop),
        raised,
    )
    (part,) = ar.hint(
        f"{name}_positive", lanes, 1, lambda v, m: where(v < 0, 0, m), raised, magnitude
    )
    ar.assert_zero_product(f"{name}_positive_part", part, part - magnitude)
    positive = Integer(ar, lanes, part.payload, False, lo=0, hi=magnitude.hi)
    negative = Integer(ar, lanes, (magnitude - part).payload, False, lo=0, hi=magnitude.hi)
    quotient = positive.minus(negative)
    ar.range_check(f"{name}_remainder", raised.minus(quotient * (1 << drop)), drop)
    return positive, negative


def _padded(ar: Arithmetic, value: Integer, drop: int) -> tuple[Integer, int]:
    """value / 2^drop + 1/2 as a multiple of 2^-padded, whole limbs below the point.

    Scaling a value by a power of two is allowed before a split because it is an Integer.
    """
    padded = -(-drop // ar.limb_bits) * ar.limb_bits
    return (value * (1 << (padded - drop))).plus(1 << (padded - 1)), padded
