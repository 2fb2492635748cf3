"""Dropping fraction bits, to nearest."""

from __future__ import annotations

from circuits.edsl.arithmetic import Arithmetic
from circuits.edsl.values import Integer, Quotient


def nearest_unchecked(ar: Arithmetic, name: str, value: Integer, drop: int) -> Quotient:
    """round(value / 2^drop), ties up, unchecked.

    The value is first scaled so that whole limbs are dropped (allowed: it is an Integer).
    """
    padded = -(-drop // ar.limb_bits) * ar.limb_bits
    scaled = (value * (1 << (padded - drop))).plus(1 << (padded - 1))
    quotient, _ = ar.unchecked_quotient(name, scaled, padded)
    return quotient


def nearest(
    ar: Arithmetic, name: str, value: Integer, drop: int, bits: int, bias: int = 0
) -> Integer:
    """round(value / 2^drop), ties up, checked to lie in [-bias, 2^bits - bias)."""
    quotient = nearest_unchecked(ar, name, value, drop)
    return ar.range_check(name, quotient + bias, bits).minus(bias)


def nearest_positive_part(
    ar: Arithmetic, name: str, value: Integer, drop: int, bits: int, negative_bits: int
) -> Integer:
    """max(0, round(value / 2^drop)) in [0, 2^bits), for a value above -2^(negative_bits + drop).

    out - q is the negative part: both are >= 0 and one of them is 0, so both are unique.
    """
    quotient = nearest_unchecked(ar, name, value, drop)
    where = ar.numbers.where
    out = ar.integer_hint(
        f"{name}_positive", value.lanes, bits, lambda q: where(q > 0, q, 0), quotient.debt.q
    )
    negative = ar.range_check(f"{name}_negative", quotient * -1 + out, negative_bits)
    ar.assert_zero_product(f"{name}_positive_part", out, negative)
    return out


def nearest_parts(
    ar: Arithmetic, name: str, value: Integer, drop: int, bits: int
) -> tuple[Integer, Integer]:
    """max(0, q) and max(0, -q) of q = round(value / 2^drop), ties up, both below 2^bits.

    Nothing is scaled, so a value near the field's width is fine. Both parts are >= 0, one of them
    is 0 and they differ by q, so both are unique.
    """
    quotient, _ = ar.unchecked_quotient(name, value.plus(1 << (drop - 1)), drop)
    where = ar.numbers.where
    positive = ar.integer_hint(
        f"{name}_positive", value.lanes, bits, lambda q: where(q > 0, q, 0), quotient.debt.q
    )
    negative = ar.range_check(f"{name}_negative", quotient * -1 + positive, bits)
    ar.assert_zero_product(f"{name}_one_part", positive, negative)
    return positive, negative
