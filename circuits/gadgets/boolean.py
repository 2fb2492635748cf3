"""Truth values: Integers in [0, 1]."""

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
