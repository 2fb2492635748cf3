"""Choosing between a value and zero."""

from __future__ import annotations

from circuits.edsl.arithmetic import Arithmetic
from circuits.edsl.evaluation import IntegerArray, integer_array
from circuits.edsl.values import Integer
from circuits.field import BN254_FR


def value_where_nonzero(ar: Arithmetic, name: str, value: Integer, gate: Integer) -> Integer:
    """value where the gate is not 0, else 0. Two constraints.

    kept = gate * share leaves only 0 where the gate is 0, whatever the share is; elsewhere
    gate * (kept - value) = 0 leaves only the value, and the share is their quotient.
    """
    (kept,) = ar.hint(name, value.lanes, 1, lambda v, g: v * (g != 0), value, gate)
    (share,) = ar.hint(f"{name}_share", value.lanes, 1, _field_quotients, kept, gate)
    ar.assert_product(f"{name}_multiple", share, gate, kept)
    ar.assert_zero_product(f"{name}_value", kept - value, gate)
    return Integer(ar, value.lanes, kept.payload, False, lo=min(0, value.lo), hi=max(0, value.hi))


def _field_quotients(numerators: IntegerArray, divisors: IntegerArray) -> IntegerArray:
    field = BN254_FR
    return integer_array(
        [
            n * field.inverse(d) % field.modulus if d % field.modulus else 0
            for n, d in zip(numerators, divisors, strict=True)
        ]
    )
