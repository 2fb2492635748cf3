"""What a forger has: a tiny statement, the prover's algebra without its checks, broken keys.

The statement has three words a, b, c and says c = a * b. A false claim has c != a * b. The forger
may choose satisfying values *after* the challenge wherever a fault lets him; then any claim goes:
three unknowns against one fingerprint.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from circuits.field import BN254_FR, FieldArray, pack_scalars, unpack_scalars
from circuits.r1cs import CHALLENGE, FINGERPRINT, ONE, R1CS, Block, Constraint
from prover import (
    InvalidProof,
    Proof,
    ProvingKey,
    Reason,
    ToxicWaste,
    default_engine,
    development_toxic_waste,
    transcript,
    verify,
)
from prover.curve import G1Point
from prover.groth16.setup import setup_unchecked
from tests.prover.systems import PUBLIC_BLOCK, committed, description, private, public

R = BN254_FR.modulus
COMMITTED = 3
WASTE = development_toxic_waste(b"soundness", bytes(32))
WORDS = (3, 5, 15)
FALSE_CLAIM = (3, 5, 16)


def product_system(start: int = 3) -> R1CS:
    """c = a * b, and Horner's fold of (a, b, c) begun with `start`: 3, the number of words."""
    a, b, c = (committed(1, index) for index in range(3))
    challenge = (public(CHALLENGE),)
    minus_a, minus_b, minus_c = (committed(1, index, coefficient=-1) for index in range(3))
    begin = (public(ONE, start),) if start else ()
    constraints = (
        Constraint((a,), (b,), (c,), "product"),
        Constraint(begin, challenge, (private(1, 0), minus_a), "fold a"),
        Constraint((private(1, 0),), challenge, (private(1, 1), minus_b), "fold b"),
        Constraint((private(1, 1),), challenge, (public(FINGERPRINT), minus_c), "fold c"),
    )
    block = Block("product", lanes=1, committed=3, private=2, constraints=constraints)
    return R1CS((PUBLIC_BLOCK, block))


@dataclass(frozen=True)
class ProductWitness:
    """An honest witness, if c = a * b."""

    words: tuple[int, int, int]
    start: int = 3

    def committed(self) -> FieldArray:
        return pack_scalars(self.words)

    def respond(self, challenge: int) -> tuple[int, FieldArray]:
        a, b, c = self.words
        first = (self.start * challenge + a) % R
        second = (first * challenge + b) % R
        return (second * challenge + c) % R, pack_scalars([first, second])


def product_key(waste: ToxicWaste = WASTE, *, name: str = "product", start: int = 3) -> ProvingKey:
    """A key past the linter: the broken twins are keys that it refuses."""
    return setup_unchecked(product_system(start), description(3, name), waste, default_engine())


def satisfying_words(claim: Sequence[int], challenge: int) -> tuple[int, int, int]:
    """(a, b, a*b) with the claim's fingerprint at this challenge: linear in b once a is chosen."""
    a = 1234567
    target = transcript.fingerprint(claim, challenge)
    numerator = target - 3 * challenge**3 - a * challenge**2
    b = numerator * BN254_FR.inverse(challenge + a) % R
    return a, b, a * b % R


@dataclass(frozen=True)
class Pieces:
    """The unblinded proof of an assignment: C is without the committed part, which is `d_g1`."""

    a_g1: G1Point
    c_g1: G1Point
    d_g1: G1Point
    proof_b: Proof

    def proof(self, c_g1: G1Point, d_g1: G1Point) -> Proof:
        return Proof(self.a_g1, self.proof_b.b_g2, c_g1, d_g1)


def pieces(key: ProvingKey, words: tuple[int, int, int], challenge: int) -> Pieces:
    """A, B, C, D with r = s = v = 0 for satisfying words, whatever challenge the forger likes."""
    engine, witness, vk = default_engine(), ProductWitness(words), key.verifying_key
    loaded = key.loaded(engine)
    fingerprint, private_values = witness.respond(challenge)
    values = witness.committed()
    wires = np.concatenate([pack_scalars([1, challenge, fingerprint]), values, private_values])
    z = engine.load_scalars(wires)
    h = engine.load_scalars(engine.quotient(loaded.matrices, wires))
    private = z.tail(len(z) - len(private_values))
    a_g1 = add(vk.alpha_g1, engine.msm_g1(loaded.a_query, z))
    b_g2 = engine.combine_g2([vk.beta_g2, engine.msm_g2(loaded.b_g2_query, z)], [1, 1])
    c_g1 = add(engine.msm_g1(loaded.l_query, private), engine.msm_g1(loaded.h_query, h))
    d_g1 = engine.msm_g1(loaded.committed_query, engine.load_scalars(values))
    return Pieces(a_g1, c_g1, d_g1, Proof(a_g1, b_g2, c_g1, d_g1))


def add(*points: G1Point) -> G1Point:
    """The sum of points."""
    return default_engine().combine_g1(points, [1] * len(points))


def times(point: G1Point, scalar: int) -> G1Point:
    """A multiple of a point."""
    return default_engine().combine_g1([point], [scalar])


def keyed_columns(key: ProvingKey, waste: ToxicWaste = WASTE) -> list[int]:
    """K_j of every wire, with the secrets in hand."""
    engine = default_engine()
    weights = key.domain.lagrange_at(waste.tau, engine)
    columns = engine.columns_at(key.loaded(engine).matrices, weights)
    values = zip(*map(unpack_scalars, columns), strict=True)
    return [(waste.beta * a + waste.alpha * b + c) % R for a, b, c in values]


def refused(key: ProvingKey, words: Sequence[int], proof: Proof) -> Reason:
    """Why our verifier refuses; fails where it does not."""
    with pytest.raises(InvalidProof) as caught:
        verify(key.verifying_key, words, proof)
    return caught.value.reason
