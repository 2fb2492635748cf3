"""Fiat-Shamir, byte for byte as the verifier contract does it.

    data_hash   = keccak256(uint256(k) || word_1 || ... || word_k)
    challenge   = keccak256(TAG || key_id || D.x || D.y || data_hash) mod r
    fingerprint = sum_{i=1..k} word_i * challenge^(k-i)  +  k * challenge^k  mod r

Words are integers below the scalar modulus r, 32 bytes big-endian each. Their range is checked
before anything is hashed: word and word + r would be one word to the field and two to keccak.
"""

from __future__ import annotations

from collections.abc import Sequence

from eth_hash.auto import keccak

from circuits.field import BN254_FR
from prover.curve import G1Point
from prover.errors import Reason, WordsError

TAG = keccak(b"proofmark.transcript.v1")

_WORD_BYTES = 32


def check_words(words: Sequence[int], count: int) -> None:
    """Raise WordsError unless there are exactly `count` words, each in [0, r)."""
    if len(words) != count:
        raise WordsError(Reason.WORD_COUNT, f"expected {count} words, received {len(words)}")
    for position, word in enumerate(words, start=1):
        if not 0 <= word < BN254_FR.modulus:
            raise WordsError(Reason.WORD_RANGE, f"word {position} is not in [0, r)")


def data_hash(words: Sequence[int]) -> bytes:
    """keccak256 over the number of words and the words; the words must be in range."""
    check_words(words, len(words))
    parts = [len(words).to_bytes(_WORD_BYTES, "big")]
    parts.extend(word.to_bytes(_WORD_BYTES, "big") for word in words)
    return keccak(b"".join(parts))


def challenge(key_id: bytes, commitment_g1: G1Point, words: Sequence[int]) -> int:
    """The challenge, drawn after commitment D and words are fixed; five times 32 bytes hashed."""
    image = keccak(b"".join((TAG, key_id, commitment_g1.to_bytes(), data_hash(words))))
    return int.from_bytes(image, "big") % BN254_FR.modulus


def fingerprint(words: Sequence[int], challenge: int) -> int:
    """The words as one field element: Horner's scheme started with their number."""
    accumulator = len(words)
    for word in words:
        accumulator = (accumulator * challenge + word) % BN254_FR.modulus
    return accumulator % BN254_FR.modulus
