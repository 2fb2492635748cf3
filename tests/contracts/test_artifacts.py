"""The committed artifacts: reproduced byte for byte, and what the Python door gives of them."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys

import pytest
from eth_hash.auto import keccak

import verifier_contracts
from tests.contracts import forge

SCRIPT = forge.ROOM / "scripts" / "build_artifacts.py"
NAMES = (
    "AttestationRegistry",
    "CoveredLetters",
    "MarkBoard",
    "MarketOracle",
    "OptionDesk",
    "OwnerTimelock",
    "ProofVerifier",
    "SeriesFeed",
    "TestToken",
    "VerifierRouter",
)
CODE_SIZE_LIMIT = 24_576


@pytest.mark.skipif(not forge.FORGE.exists(), reason=forge.MISSING)
def test_sources_give_the_committed_artifacts_byte_for_byte() -> None:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_names() -> None:
    assert verifier_contracts.names() == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_artifact_is_of_the_sources_on_disk(name: str) -> None:
    """Needs no compiler: a source changed without `make contracts` shows here."""
    artifact = verifier_contracts.load(name)
    for path, digest in artifact.sources.items():
        if not path.startswith("node_modules/"):
            assert "0x" + keccak((forge.ROOM / path).read_bytes()).hex() == digest, path


@pytest.mark.parametrize("name", NAMES)
def test_artifact_is_complete(name: str) -> None:
    artifact = verifier_contracts.load(name)
    assert artifact.name == name
    assert artifact.compiler_version.startswith("0.8.37+")
    assert artifact.settings["evmVersion"] == "cancun"
    assert 0 < len(artifact.deployed_bytecode) <= CODE_SIZE_LIMIT
    assert len(artifact.bytecode) > len(artifact.deployed_bytecode)
    for start, length in artifact.immutable_references:
        assert artifact.deployed_bytecode[start : start + length] == bytes(length)


def test_artifact_is_frozen() -> None:
    artifact = verifier_contracts.load("ProofVerifier")
    with pytest.raises(dataclasses.FrozenInstanceError):
        artifact.name = "another"  # type: ignore[misc]


def test_unknown_contract_is_named_with_the_known_ones() -> None:
    with pytest.raises(verifier_contracts.ArtifactNotFoundError, match="expected one of Att"):
        verifier_contracts.load("Nothing")


def test_damaged_artifact_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json, "loads", lambda _: {"contractName": "ProofVerifier"})
    verifier_contracts.load.cache_clear()
    with pytest.raises(verifier_contracts.ArtifactFormatError, match="ProofVerifier"):
        verifier_contracts.load("ProofVerifier")


def test_constructors_are_those_of_the_door() -> None:
    def inputs(name: str) -> list[str]:
        abi = verifier_contracts.load(name).abi
        (constructor,) = (entry for entry in abi if entry["type"] == "constructor")
        return [argument["type"] for argument in constructor["inputs"]]

    assert inputs("ProofVerifier") == ["bytes32", "bytes32", "uint256[24]", "uint256"]
    assert inputs("VerifierRouter") == ["address", "address"]
    assert inputs("MarketOracle") == ["address", "address", "address[]", "uint256", "uint256"]
    assert inputs("AttestationRegistry") == ["address", "address", "uint256"]
    assert inputs("MarkBoard") == ["address", "address", "uint256"]
    letters = ["address", "address", "address", "bytes12", "bytes32", "tuple"]
    assert inputs("CoveredLetters") == letters
    assert inputs("SeriesFeed") == ["address", "tuple", "uint8", "string"]


def test_lock_file_names_no_host() -> None:
    packages = json.loads((forge.ROOM / "package-lock.json").read_text())["packages"]
    assert not [name for name, package in packages.items() if "resolved" in package]
    assert all("integrity" in package for name, package in packages.items() if name)
