"""Equality, and sums over lanes."""

from __future__ import annotations

from circuits.edsl.arithmetic import Arithmetic
from circuits.edsl.lanes import Lanes
from circuits.edsl.values import FieldElement, Integer


def assert_equal(ar: Arithmetic, name: str, a: FieldElement, b: FieldElement | int) -> None:
    """Constrain a = b in the field; Integers that are equal there are equal, |a - b| < r."""
    difference = a - b
    ar.assert_product(
        name, difference, ar.field_constant(difference.lanes, 1), ar.field_constant(a.lanes, 0)
    )


def total(ar: Arithmetic, value: Integer, target: Lanes) -> Integer:
    """The sum of a value over all its lanes, read in the one-lane space `target`."""
    found = ar.constant(target, 0)
    for lane in range(value.lanes.count):
        found = found.plus(pick(ar, value, target, lane))
    return found


def pick(ar: Arithmetic, value: Integer, target: Lanes, lane: int) -> Integer:
    """One lane of a value."""
    found = ar.gather(value, target, 0, lane)
    return Integer(ar, target, found.payload, False, lo=value.lo, hi=value.hi)


def pick_any(ar: Arithmetic, value: FieldElement, target: Lanes, lane: int) -> FieldElement:
    """One lane of a field element."""
    found = ar.gather(value, target, 0, lane)
    return FieldElement(ar, target, found.payload)
