"""From rows to polynomials: row i of the constraint system belongs to point i of the domain."""

from __future__ import annotations

from circuits.field import BN254_FR
from prover.engines.ntt import powers, root_of_unity
from prover.errors import ToxicWasteError


def vanishing_at(log_domain_size: int, tau: int) -> int:
    """t(tau) = tau^n - 1, zero on the domain and nowhere else."""
    return (pow(tau, 1 << log_domain_size, BN254_FR.modulus) - 1) % BN254_FR.modulus


def lagrange_at(log_domain_size: int, tau: int) -> list[int]:
    """The Lagrange polynomials of the domain at tau: L_i(tau) = t(tau)/n * w^i/(tau - w^i)."""
    vanishing = vanishing_at(log_domain_size, tau)
    if vanishing == 0:
        raise ToxicWasteError("tau is a point of the domain")
    modulus = BN254_FR.modulus
    points = powers(root_of_unity(log_domain_size), 1 << log_domain_size)
    inverses = BN254_FR.batch_inverse([tau - point for point in points])
    factor = vanishing * BN254_FR.inverse(len(points)) % modulus
    return [
        factor * point % modulus * inverse % modulus
        for point, inverse in zip(points, inverses, strict=True)
    ]
