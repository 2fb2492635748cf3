"""Words and their proof, under one key."""

from __future__ import annotations

from dataclasses import dataclass

from prover import StatementIdentity


@dataclass(frozen=True)
class Attestation:
    """Words (each below 2^256) and 320 bytes of proof; the statement is what the maker says.

    Nothing in it is to be believed before `verify_attestation`, with a key from elsewhere.
    """

    key_id: bytes
    statement: StatementIdentity
    words: tuple[int, ...]
    proof: bytes
