"""Contracts as the chain room sees them, loaded through ``verifier_contracts``."""

from collections.abc import Iterable
from typing import Any

import verifier_contracts
from node.chain.abi import Abi
from node.chain.errors import ArtifactError
from node.chain.reverts import ErrorTable

__all__ = ["CONTRACTS", "contract_abi", "creation_code", "error_table"]

CONTRACTS = (
    "ProofVerifier",
    "VerifierRouter",
    "MarketOracle",
    "AttestationRegistry",
    "MarkBoard",
    "SeriesFeed",
    "CoveredLetters",
)
"""Names of the contracts that are deployed."""


def contract_abi(name: str) -> Abi:
    """Return the ABI of a contract by name; ArtifactError."""
    return Abi(_load(name).abi, name)


def creation_code(name: str, *arguments: Any) -> bytes:
    """Return the bytes of a creation transaction, constructor arguments included."""
    artifact = _load(name)
    return bytes(artifact.bytecode) + Abi(artifact.abi, name).encode_constructor(*arguments)


def error_table(names: Iterable[str] = CONTRACTS) -> ErrorTable:
    """Return the custom errors of several contracts in one table."""
    return ErrorTable(*(_load(name).abi for name in names))


def _load(name: str) -> verifier_contracts.Artifact:
    try:
        return verifier_contracts.load(name)
    except verifier_contracts.ArtifactError as error:
        raise ArtifactError(f"{error}: make contracts builds the artifacts") from error
