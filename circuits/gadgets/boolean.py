"""Truth values: Integers in [0, 1]; and what must not be 0."""

from __future__ import annotations

from circuits.edsl.arithmetic import Arithmetic, HintFunction
from circuits.edsl.lanes import Lanes
from circuits.edsl.values import FieldElement, Integer


def boolean_hint(
    ar: Arithmetic, name: str, lanes: Lanes, function: HintFunction, *args: FieldElement
) -> Integer:
    """A hinted bit: b * (b - 1) = 0 leaves only 0 and 1. One constraint."""
    (bit,) = ar.hint(name, lanes, 1, function, *args)
    ar.assert_zero_product(name, bit, bit - 1)
    return Integer(ar, lanes, bit.payload, False, lo=0, hi=1)


def is_zero(ar: Arithmetic, name: str, value: Integer) -> Integer:
    """1 where the value is 0, else 0. Two constraints: v * inverse = 1 - z and v * z = 0."""
    lanes, numbers = value.lanes, ar.numbers
    (inverse,) = ar.hint(f"{name}_inverse", lanes, 1, numbers.field_inverses, value)
    (zero,) = ar.hint(name, lanes, 1, lambda v: numbers.where(v == 0, 1, 0), value)
    ar.assert_product(f"{name}_or_inverse", value, inverse, ar.field_constant(lanes, 1) - zero)
    ar.assert_zero_product(name, value, zero)
    return Integer(ar, lanes, zero.payload, False, lo=0, hi=1)


def assert_nonzero(ar: Arithmetic, name: str, value: Integer) -> None:
    """Constrain value != 0: it has an inverse. One constraint."""
    lanes = value.lanes
    (inverse,) = ar.hint(f"{name}_inverse", lanes, 1, ar.numbers.field_inverses, value)
    ar.assert_product(name, value, inverse, ar.field_constant(lanes, 1))
