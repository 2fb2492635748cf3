"""Choosing between a value and zero."""

from __future__ import annotations

from circuits.edsl.arithmetic import Arithmetic
from circuits.edsl.values import Integer


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
