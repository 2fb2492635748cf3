"""Choices between integers: select, sign, positive part, minimum, maximum, absolute value.

All rest on one bit. b = [x >= 0] is hinted; with x+ = b x the check

    2 x+ - x + b - 1 >= 0      says  x >= 0 where b = 1  and  -x - 1 >= 0 where b = 0,

so b has one value for every x, 0 included, and x+ = max(x, 0) follows. Two constraints and the
limbs of one range check. `value_where_nonzero` needs no order, and so no bit.
"""

from __future__ import annotations

from dataclasses import dataclass

from circuits.edsl.arithmetic import Arithmetic
from circuits.edsl.numbers import LaneVector
from circuits.edsl.values import CircuitError, FieldElement, Integer
from circuits.gadgets.boolean import boolean_hint


@dataclass(frozen=True)
class Signed:
    """x in two parts: `is_positive` is 1 where x >= 0, `positive` is max(x, 0)."""

    value: Integer
    is_positive: Integer
    positive: Integer

    @property
    def negative(self) -> Integer:
        """max(-x, 0)."""
        return narrowed(self.positive.minus(self.value), 0, max(-self.value.lo, 0))

    @property
    def absolute(self) -> Integer:
        """|x|."""
        reach = max(-self.value.lo, self.value.hi)
        return narrowed((self.positive * 2).minus(self.value), 0, reach)


def narrowed(value: Integer, lo: int, hi: int) -> Integer:
    """The same value with an interval that its construction proves."""
    return Integer(value.ar, value.lanes, value.payload, False, lo=lo, hi=hi)


def sign(ar: Arithmetic, name: str, value: Integer) -> Signed:
    """x with its sign and positive part."""
    width = max(value.hi, -value.lo, 1).bit_length()
    width = -(-width // ar.limb_bits) * ar.limb_bits
    with ar.scope(name):
        bit = boolean_hint(
            ar, "at_least_zero", value.lanes, lambda x: ar.numbers.where(x >= 0, 1, 0), value
        )
        part = ar.product("positive", bit, value)
        ar.range_check("distance", (part * 2).minus(value).plus(bit, -1), width)
    return Signed(value, bit, narrowed(part, 0, max(value.hi, 0)))


def select(ar: Arithmetic, name: str, bit: Integer, yes: Integer, no: Integer) -> Integer:
    """`yes` where the bit is 1, else `no`. One constraint."""
    if (bit.lo, bit.hi) != (0, 1):
        raise CircuitError(f"{ar.path}/{name}: selecting by a value in [{bit.lo}, {bit.hi}]")
    chosen = ar.product(name, bit, yes.minus(no)).plus(no)
    return narrowed(chosen, min(yes.lo, no.lo), max(yes.hi, no.hi))


def maximum(ar: Arithmetic, name: str, a: Integer, b: Integer) -> Integer:
    """max(a, b) = b + max(a - b, 0)."""
    larger = sign(ar, name, a.minus(b)).positive.plus(b)
    return narrowed(larger, max(a.lo, b.lo), max(a.hi, b.hi))


def minimum(ar: Arithmetic, name: str, a: Integer, b: Integer) -> Integer:
    """min(a, b) = a - max(a - b, 0)."""
    smaller = a.minus(sign(ar, name, a.minus(b)).positive)
    return narrowed(smaller, min(a.lo, b.lo), min(a.hi, b.hi))


def least(ar: Arithmetic, name: str, values: list[Integer], bits: int) -> Integer:
    """The least of several values of one lane space, none more than 2^bits above it.

    No value is below the claim m, and the product of all distances is 0: in a field one of them is
    0, so m is one of the values. A range check and a product for each.
    """
    lanes = values[0].lanes

    def lowest(first: LaneVector, *others: LaneVector) -> LaneVector:
        for other in others:
            first = ar.numbers.where(other < first, other, first)
        return first

    with ar.scope(name):
        (claim,) = ar.hint("least", lanes, 1, lowest, *values)
        distances = [
            ar.range_check(f"distance[{i}]", value - claim, bits) for i, value in enumerate(values)
        ]
        product = ar.reduced(FieldElement(ar, lanes, distances[0].payload))
        for index, distance in enumerate(distances[1:-1]):
            product = ar.reduced(ar.multiply(f"product[{index}]", product, distance))
        last = distances[-1] if len(distances) > 1 else ar.constant(lanes, 1)
        ar.assert_zero_product("one_is_reached", product, last)
    return Integer(
        ar,
        lanes,
        claim.payload,
        False,
        lo=min(value.lo for value in values),
        hi=min(value.hi for value in values),
    )


def value_where_nonzero(ar: Arithmetic, name: str, value: Integer, gate: Integer) -> Integer:
    """value where the gate is not 0, else 0. Two constraints.

    kept = gate * share leaves only 0 where the gate is 0, whatever the share is; elsewhere
    gate * (kept - value) = 0 leaves only the value, and the share is their quotient.
    """
    lanes, numbers = value.lanes, ar.numbers
    (kept,) = ar.hint(name, lanes, 1, lambda v, g: numbers.where(g == 0, 0, v), value, gate)
    (share,) = ar.hint(
        f"{name}_share",
        lanes,
        1,
        lambda k, g: numbers.field_product(k, numbers.field_inverses(g)),
        kept,
        gate,
    )
    ar.assert_product(f"{name}_multiple", share, gate, kept)
    ar.assert_zero_product(f"{name}_value", kept - value, gate)
    return Integer(ar, lanes, kept.payload, False, lo=min(0, value.lo), hi=max(0, value.hi))
