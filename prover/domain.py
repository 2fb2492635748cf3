"""The domain: from rows of a constraint system to polynomials.

Row i belongs to point w^i of the n-th roots of unity, n = q 2^k with q one or three, the smallest
that holds the rows: sizes are 2, 4, 6, 8, 12, 16, 24, …

The quotient h = (a b - c)/t is wanted by its values at the points s w^i of the *shifted* domain,
s^2 = w: there t(x) = x^n - 1 is -2. Together they are the 2n-th roots of unity.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from circuits.field import BN254_FR, FieldArray
from prover.errors import ToxicWasteError

if TYPE_CHECKING:
    from prover.engines.base import Engine

_MODULUS = BN254_FR.modulus
_FACTORS = (1, 3)

#: The most factors of two that a domain's size has: the shifted domain takes one more.
MAX_TWO_ADICITY = BN254_FR.two_adicity - 1


def root_of_unity(order: int) -> int:
    """An element of that order; those of order n and 2n go together: the latter's square."""
    if order < 1 or (_MODULUS - 1) % order:
        raise ValueError(f"the field has no roots of unity of order {order}")
    return pow(BN254_FR.generator, (_MODULUS - 1) // order, _MODULUS)


@dataclass(frozen=True)
class Domain:
    """The domain of `size` points; ValueError where there is none."""

    size: int

    def __post_init__(self) -> None:
        """One or three times a power of two, even, and not too large to be shifted."""
        two_part = self.size & -self.size
        if not 2 <= two_part <= 1 << MAX_TWO_ADICITY or self.size // two_part not in _FACTORS:
            raise ValueError(f"no domain has {self.size} points")

    @classmethod
    def for_rows(cls, count: int) -> Domain:
        """The smallest domain of at least that many points; each share is rounded up to 2^k."""
        shares = {factor: max(2, -(-count // factor)) for factor in _FACTORS}
        return cls(min(factor << (share - 1).bit_length() for factor, share in shares.items()))

    @cached_property
    def root(self) -> int:
        """w: point i is w^i."""
        return root_of_unity(self.size)

    @cached_property
    def shift(self) -> int:
        """s: point i of the shifted domain is s w^i."""
        return root_of_unity(2 * self.size)

    def vanishing_at(self, x: int) -> int:
        """t(x) = x^n - 1, zero on the domain and nowhere else."""
        return (pow(x, self.size, _MODULUS) - 1) % _MODULUS

    def lagrange_at(self, x: int, engine: Engine) -> FieldArray:
        """The Lagrange polynomials at x: t(x)/n * w^i/(x - w^i), which is t(x)/n (x/(x - w^i) - 1).

        ToxicWasteError where x is a point of the domain.
        """
        factor = self.vanishing_at(x) * BN254_FR.inverse(self.size)
        if factor == 0:
            raise ToxicWasteError("tau is a point of the domain or of the shifted one")
        ones, points = (engine.powers(base, self.size) for base in (1, self.root))
        inverses = engine.inverses(engine.combine([ones, points], [x, -1]))
        return engine.combine([inverses, ones], [factor * x, -factor])

    def quotient_basis_at(self, x: int, engine: Engine) -> FieldArray:
        """What a quotient's values are coordinates for, at x.

        These are the Lagrange polynomials of the shifted domain without their terms of degree
        n - 1, -s w^i/n each: those of a quotient, whose degree is at most n - 2, cancel.
        """
        full = self.lagrange_at(x * BN254_FR.inverse(self.shift), engine)
        leading = self.shift * pow(x, self.size - 1, _MODULUS) * BN254_FR.inverse(self.size)
        return engine.combine([full, engine.powers(self.root, self.size)], [1, leading])
