"""From inputs to an attestation: witness, proof, and the check that it verifies."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from circuits.r1cs import TwoPhaseWitness
from circuits.statements.option_marks import Header, Market, OptionMarks
from node.attestations.errors import ProvingFailedError
from node.attestations.model import Attestation
from prover import Engine, ProverError, ProvingKey, lane_numbers, prove, verify

OFF_CHAIN = Header(chain_id=0, registry=0, consumer=0, sequence=0, valid_until=0)
"""The header of an attestation for readers of files: no registry accepts it."""


class WitnessWithWords(TwoPhaseWitness, Protocol):
    """An evaluated statement."""

    @property
    def words(self) -> tuple[int, ...]:
        """Its public words."""


@dataclass(frozen=True)
class ProvingTimes:
    """Wall-clock seconds of the parts."""

    witness: float
    proof: float
    check: float


def attest_market(
    statement: OptionMarks, header: Header, market: Market, key: ProvingKey, engine: Engine
) -> tuple[Attestation, ProvingTimes]:
    """Prove the marks of a market that fits the statement's shape, and verify the proof.

    Raises ProvingFailedError, and InputError for a market that does not fit.
    """
    return attest(lambda: statement.witness(header, market, numbers=lane_numbers()), key, engine)


def attest(
    make_witness: Callable[[], WitnessWithWords], key: ProvingKey, engine: Engine
) -> tuple[Attestation, ProvingTimes]:
    """Prove whatever the witness is of, and verify the proof; ProvingFailedError."""
    start = time.perf_counter()
    witness = make_witness()
    words = witness.words
    witnessed = time.perf_counter()
    try:
        proof = prove(key, witness, words, engine)
        proved = time.perf_counter()
        verify(key.verifying_key, words, proof, engine)
    except ProverError as error:
        raise ProvingFailedError(f"{key.verifying_key.statement.name}: {error}") from error
    checked = time.perf_counter()
    attestation = Attestation(
        key.verifying_key.key_id, key.verifying_key.statement, words, proof.to_bytes()
    )
    return attestation, ProvingTimes(witnessed - start, proved - witnessed, checked - proved)
