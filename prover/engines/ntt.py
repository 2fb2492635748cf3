"""Number-theoretic transforms over the scalar field, on Python integers, for any domain's size."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, repeat

from circuits.field import BN254_FR

_MODULUS = BN254_FR.modulus


def powers(base: int, count: int, scale: int = 1) -> list[int]:
    """scale * base^i for i below count."""
    factors = repeat(base, count - 1) if count else ()
    values = accumulate(factors, lambda a, b: a * b % _MODULUS, initial=scale % _MODULUS)
    return list(values)[:count]


def evaluate(coefficients: Sequence[int], root: int, shift: int = 1) -> list[int]:
    """Values at shift * root^i; the root's order is the number of coefficients."""
    scales = powers(shift, len(coefficients))
    scaled = [c * s % _MODULUS for c, s in zip(coefficients, scales, strict=True)]
    return _transform(scaled, root)


def interpolate(values: Sequence[int], root: int) -> list[int]:
    """The coefficients of the polynomial with these values at root^i."""
    inverse_size = BN254_FR.inverse(len(values))
    transformed = _transform(values, BN254_FR.inverse(root))
    return [value * inverse_size % _MODULUS for value in transformed]


def _transform(coefficients: Sequence[int], root: int) -> list[int]:
    """Cooley and Tukey: f(x) = sum x^j f_j(x^q), with q = 2 as long as the size is even."""
    size = len(coefficients)
    if size == 1:
        return list(coefficients)
    radix = 2 if size % 2 == 0 else size
    inner = pow(root, radix, _MODULUS)
    parts = [_transform(coefficients[start::radix], inner) for start in range(radix)]
    columns = zip(*(part * radix for part in parts), strict=True)
    return [_horner(column, x) for column, x in zip(columns, powers(root, size), strict=True)]


def _horner(coefficients: Sequence[int], x: int) -> int:
    total = 0
    for coefficient in reversed(coefficients):
        total = (total * x + coefficient) % _MODULUS
    return total
