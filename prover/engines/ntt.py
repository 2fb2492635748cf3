"""Number-theoretic transforms over the scalar field, on Python integers.

The domain of size 2^k is the powers of `root_of_unity(k)`; point i of it belongs to row i.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, repeat

from circuits.field import BN254_FR

_MODULUS = BN254_FR.modulus


def root_of_unity(log_size: int) -> int:
    """A generator of the subgroup of order 2^log_size."""
    if not 0 <= log_size <= BN254_FR.two_adicity:
        raise ValueError(f"no domain of size 2^{log_size}: at most 2^{BN254_FR.two_adicity}")
    return pow(BN254_FR.generator, (_MODULUS - 1) >> log_size, _MODULUS)


def powers(base: int, count: int, scale: int = 1) -> list[int]:
    """scale * base^i for i below count."""
    factors = repeat(base, count - 1) if count else ()
    values = accumulate(factors, lambda a, b: a * b % _MODULUS, initial=scale % _MODULUS)
    return list(values)[:count]


def evaluate(coefficients: Sequence[int]) -> list[int]:
    """Values on the domain whose size is the number of coefficients (a power of two)."""
    return _transform(coefficients, root_of_unity(_log2(len(coefficients))))


def interpolate(values: Sequence[int]) -> list[int]:
    """The coefficients of the polynomial with these values on the domain."""
    size = len(values)
    inverse_root = BN254_FR.inverse(root_of_unity(_log2(size)))
    inverse_size = BN254_FR.inverse(size)
    return [value * inverse_size % _MODULUS for value in _transform(values, inverse_root)]


def evaluate_on_coset(coefficients: Sequence[int], shift: int) -> list[int]:
    """Values on shift times the domain."""
    scales = powers(shift, len(coefficients))
    return evaluate([c * s % _MODULUS for c, s in zip(coefficients, scales, strict=True)])


def interpolate_from_coset(values: Sequence[int], shift: int) -> list[int]:
    """The coefficients of the polynomial with these values on shift times the domain."""
    scales = powers(BN254_FR.inverse(shift), len(values))
    return [c * s % _MODULUS for c, s in zip(interpolate(values), scales, strict=True)]


def _log2(size: int) -> int:
    if size < 1 or size & (size - 1):
        raise ValueError(f"{size} is not a power of two")
    return size.bit_length() - 1


def _transform(values: Sequence[int], root: int) -> list[int]:
    """Cooley and Tukey: even and odd halves, recombined with the powers of the root."""
    if len(values) == 1:
        return list(values)
    square = root * root % _MODULUS
    even, odd = _transform(values[::2], square), _transform(values[1::2], square)
    twiddles = powers(root, len(odd))
    turned = [twiddle * value % _MODULUS for twiddle, value in zip(twiddles, odd, strict=True)]
    upper = [(e + t) % _MODULUS for e, t in zip(even, turned, strict=True)]
    lower = [(e - t) % _MODULUS for e, t in zip(even, turned, strict=True)]
    return upper + lower
