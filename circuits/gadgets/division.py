"""Division with remainder: rounded half to even, or down."""

from __future__ import annotations

from circuits.edsl.arithmetic import Arithmetic
from circuits.edsl.numbers import LaneVector, Numbers
from circuits.edsl.values import CircuitError, Integer
from circuits.gadgets.boolean import boolean_hint


def half_even_quotient(
    ar: Arithmetic, name: str, numerator: Integer, divisor: Integer | int, bits: int
) -> Integer:
    """numerator / divisor to the nearest integer in [0, 2^bits), ties to even.

    With q = 2h + b and s = 2 (numerator - q divisor) + divisor, the nearest q are those with
    0 <= s <= 2 divisor, and at the two ends (a tie) q must be even: s - b >= 0 and
    2 divisor - b - s >= 0 say both at once. 2 + 2 * bits(2 divisor)/w + bits/w constraints.
    """
    lanes = numerator.lanes
    highest = divisor if isinstance(divisor, int) else divisor.hi
    if (divisor if isinstance(divisor, int) else divisor.lo) < 1:
        raise CircuitError(f"{ar.path}/{name}: the divisor may be zero")
    args = [numerator] if isinstance(divisor, int) else [numerator, divisor]
    quotients = ar.compute(lanes, lambda n, d=divisor: _half_even(ar.numbers, n, d), *args)
    with ar.scope(name):
        odd = boolean_hint(ar, "odd", lanes, lambda: quotients % 2)
        half = ar.integer_hint("half", lanes, bits - 1, lambda: quotients // 2)
        quotient = (half * 2).plus(odd)
        if isinstance(divisor, int):
            product, doubled = quotient * divisor, ar.constant(lanes, 2 * divisor)
        else:
            product, doubled = ar.product("product", quotient, divisor), divisor * 2
        slack = (numerator.minus(product) * 2).plus(divisor)
        width = -(-(2 * highest).bit_length() // ar.limb_bits) * ar.limb_bits
        ar.range_check("below", slack.minus(odd), width)
        ar.range_check("above", doubled.minus(odd, slack), width)
    if not isinstance(divisor, int):
        return quotient
    lowest, highest = (_half_even_integer(end, divisor) for end in (numerator.lo, numerator.hi))
    bounds = max(0, lowest), min((1 << bits) - 1, highest)
    return Integer(ar, lanes, quotient.payload, False, lo=bounds[0], hi=bounds[1])


def floor_quotient(
    ar: Arithmetic, name: str, numerator: Integer, divisor: int, bits: int
) -> Integer:
    """floor(numerator / divisor) in [-2^(bits - 1), 2^(bits - 1)) for a number known to everyone.

    The quotient is range-checked, and so is the remainder from both sides: one value.
    """
    half = 1 << (bits - 1)
    width = -(-divisor.bit_length() // ar.limb_bits) * ar.limb_bits
    with ar.scope(name):
        biased = ar.integer_hint(
            "quotient", numerator.lanes, bits, lambda n: n // divisor + half, numerator
        )
        quotient = biased.minus(half)
        remainder = numerator.minus(quotient * divisor)
        ar.range_check("remainder", remainder, width)
        ar.range_check("below_divisor", (-remainder).plus(divisor - 1), width)
    return quotient


def _half_even_integer(numerator: int, divisor: int) -> int:
    quotient, remainder = divmod(numerator, divisor)
    up = 2 * remainder > divisor or (2 * remainder == divisor and quotient % 2 == 1)
    return quotient + up


def _half_even(numbers: Numbers, numerators: LaneVector, divisors: LaneVector | int) -> LaneVector:
    quotients = numerators // divisors
    twice = (numerators - quotients * divisors) * 2
    up = (twice > divisors) | ((twice == divisors) & (quotients % 2 == 1))
    return numbers.where(up, quotients + 1, quotients)
