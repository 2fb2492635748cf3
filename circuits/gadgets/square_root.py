"""Integer square roots, rounded to nearest."""

from __future__ import annotations

from math import isqrt

from circuits.edsl.arithmetic import Arithmetic
from circuits.edsl.numbers import LaneVector, Numbers
from circuits.edsl.values import CircuitError, Integer


def nearest_square_root(ar: Arithmetic, name: str, value: Integer, bits: int) -> Integer:
    """round(sqrt(value)) for value >= 1, at most 2^(bits - 1). 1 + 2 * bits/w constraints.

    With L = value - z^2 + z - 1 and U = z^2 + z - value, both >= 0 say exactly
    z - 1/2 < sqrt(value) < z + 1/2 (equality is impossible: value is no odd quarter square).
    """
    if value.lo < 1 or value.hi > 1 << (2 * (bits - 1)):
        raise CircuitError(f"{ar.path}/{name}: the radicand leaves [1, 2^{2 * (bits - 1)}]")
    (root,) = ar.hint(name, value.lanes, 1, lambda v: _nearest_roots(ar.numbers, v), value)
    lower = ar.integer_hint(
        f"{name}_lower", value.lanes, bits, lambda v, z: v - z * z + z - 1, value, root
    )
    ar.assert_product(name, root, root, value + root - 1 - lower)
    ar.range_check(f"{name}_upper", root * 2 - 1 - lower, bits)
    return ar.assume_interval(
        root,
        0,
        (1 << bits) - 1,
        because="2z = L + U + 1 bounds z; a half-integer z = k/2 with odd k would need "
        "k^2 - 2k = 0 mod 4, which is -1, and k^2 < 2^(2 bits + 2) cannot wrap",
        must_fail="test_square_root_refuses_neighbours_and_half_integers",
    )


def nearest_root(value: int) -> int:
    """round(sqrt(value)) for value >= 0; a root is never half-way between two integers."""
    root = isqrt(value)
    return root + 1 if value - root * root > root else root


def _nearest_roots(numbers: Numbers, values: LaneVector) -> LaneVector:
    values = numbers.where(values > 0, values, 0)  # a liar's may be negative
    roots = numbers.square_roots(values)
    return numbers.where(values - roots * roots > roots, roots + 1, roots)
