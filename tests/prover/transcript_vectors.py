"""Writes tests/vectors/transcript.json: run `python -m tests.prover.transcript_vectors`.

The file is what Python and Solidity are both compared with. Numbers are hexadecimal strings.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from circuits.field import BN254_FR
from prover import StatementIdentity, key_id, reference, transcript
from prover.curve import G1_GENERATOR

PATH = Path(__file__).parent.parent / "vectors" / "transcript.json"

_NAMES = ("option_marks", "", "n" * 31, "n" * 32, "n" * 33)
_WORDS: tuple[tuple[int, ...], ...] = (
    (0,),
    (1, BN254_FR.modulus - 1),
    tuple((7**i << 100) % BN254_FR.modulus for i in range(5)),
    tuple(range(40)),
    (0, 0, 0),
)


def case(index: int) -> dict[str, Any]:
    """One case: a statement, a key, a commitment and words, with everything derived from them."""
    statement = StatementIdentity(_NAMES[index], index + 1, bytes(range(index)), 1)
    digest = bytes([index]) * 32
    key_words = tuple(pow(3, 24 * index + i, BN254_FR.modulus) for i in range(24))
    identity = key_id(statement.statement_id, digest, key_words)
    words = _WORDS[index]
    d_g1 = reference().combine_g1([G1_GENERATOR], [index + 2])
    challenge = transcript.challenge(identity, d_g1, words)
    return {
        "statement": {
            "name": statement.name,
            "version": statement.version,
            "parameters": _hex(statement.parameters),
        },
        "statement_id": _hex(statement.statement_id),
        "r1cs_digest": _hex(digest),
        "key_words": [_word(word) for word in key_words],
        "key_id": _hex(identity),
        "d_g1": [_word(coordinate) for coordinate in d_g1.coordinates],
        "words": [_word(word) for word in words],
        "data_hash": _hex(transcript.data_hash(words)),
        "challenge": _word(challenge),
        "fingerprint": _word(transcript.fingerprint(words, challenge)),
    }


def document() -> dict[str, Any]:
    """The whole file."""
    return {
        "source": "own; python -m tests.prover.transcript_vectors",
        "licence": "Apache-2.0",
        "tag": _hex(transcript.TAG),
        "cases": [case(index) for index in range(len(_WORDS))],
    }


def _hex(data: bytes) -> str:
    return "0x" + data.hex()


def _word(value: int) -> str:
    return f"0x{value:064x}"


if __name__ == "__main__":
    PATH.write_text(json.dumps(document(), indent=2) + "\n", encoding="utf-8")
