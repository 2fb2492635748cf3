"""One acceptance set: ProofVerifier, run from its artifact, beside the Python verifier."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from eth_abi.abi import decode, encode
from eth_hash.auto import keccak

import prover
import verifier_contracts
from circuits.field import BN254_FR
from prover import transcript
from prover.curve import G1Point
from tests.contracts import make_fixtures

pyrevm = pytest.importorskip("pyrevm", reason="pyrevm is not installed: pip install '.[demo]'")

R = BN254_FR.modulus
P = make_fixtures.P
CALLER = "0x" + "11" * 20
SELECTOR = keccak(b"verify(uint256[10],uint256[])")[:4]


def load(name: str) -> Any:
    return json.loads((make_fixtures.FIXTURES / name).read_text(encoding="utf-8"))


SOUND = load("keys.json")["sound"]
OUTSIDE_SUBGROUP = [int(word, 16) for word in load("keys.json")["outsideSubgroup"]]
KEY_WORDS = [int(word, 16) for word in SOUND["keyWords"]]
VECTORS = load("transcripts.json")["vectors"]
NINE = next(vector for vector in VECTORS if len(vector["words"]) == 9)
PROOF = [int(word, 16) for word in NINE["proof"]]
WORDS = [int(word, 16) for word in NINE["words"]]


def verifying_key(word_count: int) -> prover.VerifyingKey:
    statement = prover.StatementIdentity("sound", 1, b"", word_count)
    return prover.VerifyingKey.decode_words(
        b"".join(word.to_bytes(32, "big") for word in KEY_WORDS),
        statement,
        bytes.fromhex(SOUND["r1csDigest"][2:]),
        unsafe_dev=True,
    )


def python_accepts(proof: list[int], words: list[int]) -> bool:
    try:
        decoded = prover.Proof.from_bytes(b"".join(word.to_bytes(32, "big") for word in proof))
        prover.verify(verifying_key(9), words, decoded)
    except prover.ProverError:
        return False
    return True


@pytest.fixture(scope="module")
def contract() -> Callable[[list[int], list[int]], bytes]:
    evm = pyrevm.EVM(spec_id="CANCUN")
    evm.set_balance(CALLER, 10**24)
    statement_id, digest = (
        bytes.fromhex(SOUND[name][2:]) for name in ("statementId", "r1csDigest")
    )
    arguments = encode(
        ["bytes32", "bytes32", "uint256[24]", "uint256"], [statement_id, digest, KEY_WORDS, 9]
    )
    code = verifier_contracts.load("ProofVerifier").bytecode
    address = evm.deploy(CALLER, code + arguments)

    def call(proof: list[int], words: list[int]) -> bytes:
        data = SELECTOR + encode(["uint256[10]", "uint256[]"], [proof, words])
        return bytes(evm.message_call(CALLER, address, calldata=data))

    return call


def altered(values: list[int], index: int, value: int) -> list[int]:
    return [*values[:index], value, *values[index + 1 :]]


CASES: list[tuple[str, bool, list[int], list[int]]] = [
    ("honest", True, PROOF, WORDS),
    ("negated A and B", True, [PROOF[0], P - PROOF[1], *PROOF[2:4], P - PROOF[4], P - PROOF[5],
                               *PROOF[6:]], WORDS),
    ("word + 1", False, PROOF, altered(WORDS, 4, (WORDS[4] + 1) % R)),
    ("word + r", False, PROOF, altered(WORDS, 1, WORDS[1] + R)),
    ("words swapped", False, PROOF, [WORDS[1], WORDS[0], *WORDS[2:]]),
    ("one word less", False, PROOF, WORDS[:-1]),
    ("one word more", False, PROOF, [*WORDS, 0]),
    ("A at infinity", False, [0, 0, *PROOF[2:]], WORDS),
    ("B at infinity", False, [*PROOF[:2], 0, 0, 0, 0, *PROOF[6:]], WORDS),
    ("C at infinity", False, [*PROOF[:6], 0, 0, *PROOF[8:]], WORDS),
    ("D at infinity", False, [*PROOF[:8], 0, 0], WORDS),
    ("A off the curve", False, altered(PROOF, 1, (PROOF[1] + 1) % P), WORDS),
    ("B off the curve", False, altered(PROOF, 5, (PROOF[5] + 1) % P), WORDS),
    ("B outside the subgroup", False, [*PROOF[:2], *OUTSIDE_SUBGROUP, *PROOF[6:]], WORDS),
    ("C negated", False, altered(PROOF, 7, P - PROOF[7]), WORDS),
    ("D replaced", False, [*PROOF[:8], 1, 2], WORDS),
    ("coordinate + p", False, altered(PROOF, 0, PROOF[0] + P), WORDS),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "valid", "proof", "words"), CASES, ids=lambda case: str(case)[:24]
)
def test_contract_and_python_agree(
    contract: Callable[[list[int], list[int]], bytes],
    name: str,
    valid: bool,
    proof: list[int],
    words: list[int],
) -> None:
    assert python_accepts(proof, words) == valid, name
    if valid:
        assert contract(proof, words) == transcript.data_hash(words)
    else:
        with pytest.raises(Exception, match=r"(?i)revert"):
            contract(proof, words)


def test_key_id_is_the_same() -> None:
    assert verifying_key(9).key_id.hex() == SOUND["keyId"][2:]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: f"{len(vector['words'])} words")
def test_transcript_is_the_same(vector: dict[str, Any]) -> None:
    words = [int(word, 16) for word in vector["words"]]
    d_g1 = G1Point(*(int(word, 16) for word in vector["proof"][8:]))
    assert "0x" + transcript.TAG.hex() == load("transcripts.json")["tag"]
    assert "0x" + transcript.data_hash(words).hex() == vector["dataHash"]
    challenge = transcript.challenge(bytes.fromhex(SOUND["keyId"][2:]), d_g1, words)
    assert challenge == int(vector["challenge"], 16)
    assert transcript.fingerprint(words, challenge) == int(vector["fingerprint"], 16)


def test_statement_id_is_the_abi_encoding() -> None:
    head = encode(["string", "uint256", "bytes32"], ["sound", 1, keccak(b"")])
    assert keccak(head).hex() == SOUND["statementId"][2:]
    assert decode(["bytes32"], verifying_key(9).statement.statement_id)[0] == keccak(head)


def test_fixtures_are_what_their_script_writes() -> None:
    for name, text in make_fixtures.documents().items():
        assert (make_fixtures.FIXTURES / name).read_text(encoding="utf-8") == text, name
