"""Fixtures of the soundness tests."""

from __future__ import annotations

import pytest

from prover import Proof, ProvingKey, default_engine, prove, refuse_proving_key, verify
from tests.soundness.forging import WORDS, ProductWitness, product_key, product_system


@pytest.fixture(scope="module")
def key() -> ProvingKey:
    made = product_key()
    refuse_proving_key(made, default_engine(), r1cs=product_system(), every_point=True)
    return made


@pytest.fixture(scope="module")
def honest(key: ProvingKey) -> Proof:
    proof = prove(key, ProductWitness(WORDS), WORDS)
    verify(key.verifying_key, WORDS, proof)
    return proof
