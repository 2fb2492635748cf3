"""A verifying key with known toxic waste, and proofs made in the exponent.

The real contracts then accept attestations in tests that have no circuit and no prover.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from eth_hash.auto import keccak
from py_ecc import optimized_bn128 as _bn128

from node.chain import VerifierSpec

bn128: Any = _bn128  # its stub exports nothing
R = int(bn128.curve_order)
TAG = keccak(b"proofmark.transcript.v1")
ALPHA, BETA, GAMMA, DELTA_1, DELTA_2 = 11, 13, 17, 19, 23
GAMMA_ABC = (29, 31, 37)
D = 41
A, B = 43, 47
GROUPS, LANES = 1, 16
MARKET_WORDS = 1 + GROUPS + 6
WORD_COUNT = 3 + MARKET_WORDS + 4
UNDERLYING = keccak(b"BTC")[:12]


@cache
def g1(scalar: int) -> tuple[int, ...]:
    x, y = bn128.normalize(bn128.multiply(bn128.G1, scalar % R))
    return (int(x), int(y))


@cache
def g2(scalar: int) -> tuple[int, ...]:
    x, y = bn128.normalize(bn128.multiply(bn128.G2, scalar % R))
    return tuple(int(each) for each in (x.coeffs[1], x.coeffs[0], y.coeffs[1], y.coeffs[0]))


@cache
def verifier_spec(*, unsafe_dev: bool = True) -> VerifierSpec:
    points = (g1(ALPHA), g2(BETA), g2(GAMMA), g2(DELTA_1), g2(DELTA_2), *map(g1, GAMMA_ABC))
    return VerifierSpec(
        statement="option_marks synthetic",
        statement_id=keccak(b"statement"),
        r1cs_digest=keccak(b"r1cs"),
        key_words=tuple(word for point in points for word in point),
        word_count=WORD_COUNT,
        market_word_count=MARKET_WORDS,
        unsafe_dev=unsafe_dev,
    )


def _word(value: int) -> bytes:
    return value.to_bytes(32, "big")


def data_hash(words: Sequence[int]) -> bytes:
    return keccak(b"".join(map(_word, (len(words), *words))))


def prove(words: Sequence[int], key_id: bytes | None = None) -> bytes:
    """A proof that the synthetic verifier of that key accepts for these words, 320 bytes."""
    committed = g1(D)
    key = key_id or verifier_spec().key_id
    preimage = TAG + key + b"".join(map(_word, committed)) + data_hash(words)
    challenge = int.from_bytes(keccak(preimage), "big") % R
    fingerprint = len(words)
    for word in words:
        fingerprint = (fingerprint * challenge + word) % R
    public = GAMMA_ABC[0] + challenge * GAMMA_ABC[1] + fingerprint * GAMMA_ABC[2]
    rest = A * B - ALPHA * BETA - public * GAMMA - D * DELTA_1
    c = rest * pow(DELTA_2, -1, R) % R
    return b"".join(map(_word, (*g1(A), *g2(B), *g1(c), *committed)))


@dataclass(frozen=True)
class SyntheticMarket:
    """One group of sixteen equal options, priced at will."""

    snapshot_unix: int

    def market_words(self) -> tuple[int, ...]:
        underlying = int.from_bytes(UNDERLYING, "big")
        first = underlying << 80 | 2 << 72 | self.snapshot_unix << 32 | 1 << 16 | GROUPS
        group = 200_000_000 << 114 | 1 << 44 << 68 | 1 << 26 << 40 | self.snapshot_unix + 86_400
        option = 190_000_000 << 29 | 40_000_000 << 1
        full = option << 130 | option << 65 | option
        return (first, group, *[full] * 5, option << 130)

    def words(
        self, *, chain_id: int, registry: str, consumer: str, number: int, valid_until: int
    ) -> tuple[int, ...]:
        header = (
            chain_id << 160 | int(registry, 16),
            int(consumer, 16) << 88 | number << 40 | valid_until,
            int.from_bytes(UNDERLYING, "big"),
        )
        price = 12_345
        prices = sum(price << (56 * j) for j in range(4))
        return (*header, *self.market_words(), *[prices] * 4)
