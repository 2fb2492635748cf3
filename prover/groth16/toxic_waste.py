"""The secrets of a setup. Whoever knows them proves anything: they live in one call.

Two ways to get them: `sample_toxic_waste` from the operating system, and
`development_toxic_waste` from a public seed, which is what tests, demonstrations and snapshots
want. Keys made here are marked `unsafe-dev` either way: one process knew the secrets.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, fields

from eth_hash.auto import keccak

from circuits.field import BN254_FR
from prover.errors import ToxicWasteError

_DEVELOPMENT_TAG = b"proofmark.development.v1"


@dataclass(frozen=True, repr=False)
class ToxicWaste:
    """tau, alpha, beta, gamma and the two deltas; each in [1, r)."""

    tau: int
    alpha: int
    beta: int
    gamma: int
    delta_1: int
    delta_2: int

    def __post_init__(self) -> None:
        for item in fields(self):
            if not 0 < getattr(self, item.name) < BN254_FR.modulus:
                raise ToxicWasteError(f"{item.name} is not in [1, r)")


def sample_toxic_waste() -> ToxicWaste:
    """Six independent secrets from the operating system."""
    count = len(fields(ToxicWaste))
    return ToxicWaste(*(1 + secrets.randbelow(BN254_FR.modulus - 1) for _ in range(count)))


def development_toxic_waste(seed: bytes, r1cs_digest: bytes) -> ToxicWaste:
    """H(seed, R1CS digest): reproducible, and no two constraint systems share a delta.

    Each secret is 512 bits of keccak reduced to [1, r): uniform up to 2^-258.
    """
    root = keccak(_DEVELOPMENT_TAG + keccak(seed) + r1cs_digest)

    def secret(name: str) -> int:
        wide = b"".join(keccak(root + name.encode() + bytes([half])) for half in range(2))
        return 1 + int.from_bytes(wide, "big") % (BN254_FR.modulus - 1)

    return ToxicWaste(*(secret(item.name) for item in fields(ToxicWaste)))
