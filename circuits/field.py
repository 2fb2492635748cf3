"""The scalar field of BN254: the one field every circuit lives in.

Scalars cross room borders either as Python integers in [0, modulus) or packed as a
`FieldArray`: a C-contiguous `numpy.uint64` array of shape (n, 4), four 64-bit limbs,
least significant first, canonical (below the modulus, not in Montgomery form).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FieldArray = NDArray[np.uint64]

SCALAR_BYTES = 32
_LIMBS = 4


@dataclass(frozen=True)
class PrimeField:
    """A prime field, given by its modulus.

    `two_adicity` is the largest s with 2^s dividing modulus - 1; `generator` generates the
    multiplicative group (the domains of the prover are powers of it).
    """

    modulus: int
    two_adicity: int
    generator: int

    def inverse(self, value: int) -> int:
        """1/value; raises ZeroDivisionError for zero."""
        value %= self.modulus
        if value == 0:
            raise ZeroDivisionError("zero has no inverse in the field")
        return pow(value, -1, self.modulus)

    def batch_inverse(self, values: Sequence[int]) -> list[int]:
        """Inverses of all values with one inversion (Montgomery's trick); zero is refused."""
        modulus = self.modulus
        prefixes: list[int] = []
        product = 1
        for value in values:
            prefixes.append(product)
            product = product * value % modulus
        inverse = self.inverse(product)
        inverses = [0] * len(values)
        for index in range(len(values) - 1, -1, -1):
            inverses[index] = inverse * prefixes[index] % modulus
            inverse = inverse * values[index] % modulus
        return inverses

    def centered(self, value: int) -> int:
        """The representative of value in (-modulus/2, modulus/2)."""
        value %= self.modulus
        return value - self.modulus if value > self.modulus // 2 else value


BN254_FR = PrimeField(
    modulus=21888242871839275222246405745257275088548364400416034343698204186575808495617,
    two_adicity=28,
    generator=5,
)


def pack_scalars(values: Iterable[int]) -> FieldArray:
    """Integers (any sign, reduced here) as a FieldArray."""
    modulus = BN254_FR.modulus
    data = b"".join([(value % modulus).to_bytes(SCALAR_BYTES, "little") for value in values])
    return np.frombuffer(data, dtype="<u8").reshape(-1, _LIMBS).astype(np.uint64, copy=False)


def unpack_scalars(array: FieldArray) -> list[int]:
    """The integers of a FieldArray."""
    data = np.ascontiguousarray(array, dtype="<u8").tobytes()
    return [
        int.from_bytes(data[start : start + SCALAR_BYTES], "little")
        for start in range(0, len(data), SCALAR_BYTES)
    ]
