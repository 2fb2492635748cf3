"""The transcript against its written layout, encoded independently, and against the vectors."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from eth_abi.abi import encode
from eth_hash.auto import keccak

from circuits.field import BN254_FR
from prover import Reason, StatementIdentity, WordsError, key_id, transcript
from prover.curve import G1Point
from tests.prover.transcript_vectors import PATH, document

R = BN254_FR.modulus
VECTORS: dict[str, Any] = json.loads(PATH.read_text(encoding="utf-8"))


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


def _ints(texts: Sequence[str]) -> list[int]:
    return [int(text, 16) for text in texts]


def test_the_vectors_are_what_the_program_writes() -> None:
    assert document() == VECTORS


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["statement"]["name"])
def test_vectors_follow_the_written_layout(case: dict[str, Any]) -> None:
    statement, words = case["statement"], _ints(case["words"])
    parameter_digest = keccak(_bytes(statement["parameters"]))
    types = ["string", "uint256", "bytes32"]
    fields = [statement["name"], statement["version"], parameter_digest]
    statement_id = keccak(encode(types, fields))
    digest, key_words = _bytes(case["r1cs_digest"]), _ints(case["key_words"])
    identity = keccak(
        encode(["bytes32", "bytes32", "uint256[24]"], [statement_id, digest, key_words])
    )
    data_hash = keccak(encode([f"uint256[{len(words) + 1}]"], [[len(words), *words]]))
    d_x, d_y = _ints(case["d_g1"])
    tag = keccak(b"proofmark.transcript.v1")
    hashed = encode(
        ["bytes32", "bytes32", "uint256", "uint256", "bytes32"],
        [tag, identity, d_x, d_y, data_hash],
    )
    challenge = int.from_bytes(keccak(hashed), "big") % R
    k = len(words)
    fingerprint = k * challenge**k + sum(w * challenge ** (k - i) for i, w in enumerate(words, 1))
    derived = (statement_id, identity, data_hash, challenge, fingerprint % R)
    expected = tuple(_bytes(case[name]) for name in ("statement_id", "key_id", "data_hash"))
    assert derived == (*expected, *_ints([case["challenge"], case["fingerprint"]]))
    assert VECTORS["tag"] == "0x" + tag.hex()


def test_the_program_answers_the_vectors() -> None:
    for case in VECTORS["cases"]:
        statement = case["statement"]
        parameters = _bytes(statement["parameters"])
        identity = StatementIdentity(statement["name"], statement["version"], parameters, 1)
        assert identity.statement_id == _bytes(case["statement_id"])
        key_words = tuple(_ints(case["key_words"]))
        assert key_id(identity.statement_id, _bytes(case["r1cs_digest"]), key_words) == _bytes(
            case["key_id"]
        )
        d_g1, words = G1Point(*_ints(case["d_g1"])), _ints(case["words"])
        challenge = transcript.challenge(_bytes(case["key_id"]), d_g1, words)
        assert challenge == int(case["challenge"], 16)
        assert transcript.fingerprint(words, challenge) == int(case["fingerprint"], 16)


def test_every_part_changes_the_challenge() -> None:
    base = (bytes(32), G1Point(1, 2), (5, 6))
    variants = [
        base,
        (bytes(31) + b"\1", *base[1:]),
        (base[0], G1Point(2, 2), base[2]),
        (base[0], G1Point(1, 3), base[2]),
        (*base[:2], (6, 5)),
        (*base[:2], (5, 6, 0)),
        (*base[:2], (0, 5, 6)),
        (*base[:2], (5,)),
    ]
    assert len({transcript.challenge(*variant) for variant in variants}) == len(variants)


def test_words_are_counted_and_below_the_modulus() -> None:
    transcript.check_words((0, R - 1), 2)
    with pytest.raises(WordsError, match="expected 3 words, received 2") as caught:
        transcript.check_words((0, 1), 3)
    assert caught.value.reason is Reason.WORD_COUNT
    for word in (R, -1, 1 << 256):
        with pytest.raises(WordsError, match="word 2") as caught:
            transcript.data_hash((0, word))
        assert caught.value.reason is Reason.WORD_RANGE


@pytest.mark.parametrize("data", [b"", b"\0" * 19, None])
def test_statement_bytes_that_are_not_one_encoding_are_refused(data: bytes | None) -> None:
    statement = StatementIdentity("name", 3, b"parameters", 7)
    assert StatementIdentity.decode_bytes(statement.to_bytes()) == statement
    with pytest.raises(ValueError, match=r"bytes|add up"):
        StatementIdentity.decode_bytes(statement.to_bytes()[:-1] if data is None else data)


@pytest.mark.parametrize("change", [{"version": -1}, {"word_count": 0}, {"version": 1 << 64}])
def test_statements_out_of_range_are_refused(change: dict[str, int]) -> None:
    fields = {"version": 1, "word_count": 1} | change
    with pytest.raises(ValueError, match="is not in"):
        StatementIdentity.of(StatementIdentity("name", parameters=b"", **fields))
