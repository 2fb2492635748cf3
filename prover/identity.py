"""Who a statement is: the digests that name statements and keys.

    statement_id = keccak256(abi.encode(string name, uint256 version, bytes32 parameter_digest))
    key_id       = keccak256(statement_id || r1cs_digest || 24 key words)

The verifier contract computes the same key_id in its constructor, and transcript, router and
registry use it: nobody chooses it.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Protocol

from eth_hash.auto import keccak

_WORD_BYTES = 32


class StatementDescription(Protocol):
    """What the prover must be told about a statement, as plain data."""

    @property
    def name(self) -> str:
        """Human name, part of the identity."""

    @property
    def version(self) -> int:
        """Version of the statement's meaning, part of the identity."""

    @property
    def parameters(self) -> bytes:
        """Canonical encoding of the statement's parameters (shape, profile)."""

    @property
    def word_count(self) -> int:
        """Number of public words, header included."""


@dataclass(frozen=True)
class StatementIdentity:
    """A statement description of our own, as read from a key."""

    name: str
    version: int
    parameters: bytes
    word_count: int

    @classmethod
    def of(cls, description: StatementDescription) -> StatementIdentity:
        """Copy a description; a negative version or word count below 1 is a ValueError."""
        if not 0 <= description.version < 1 << 64:
            raise ValueError(f"statement version {description.version} is not in [0, 2^64)")
        if not 1 <= description.word_count < 1 << 32:
            raise ValueError(f"word count {description.word_count} is not in [1, 2^32)")
        return cls(
            description.name,
            description.version,
            bytes(description.parameters),
            description.word_count,
        )

    @property
    def statement_id(self) -> bytes:
        """keccak256(abi.encode(name, version, keccak256(parameters)))."""
        name = self.name.encode()
        padding = -len(name) % _WORD_BYTES
        head = _word(3 * _WORD_BYTES) + _word(self.version) + keccak(self.parameters)
        return keccak(head + _word(len(name)) + name + bytes(padding))

    def to_bytes(self) -> bytes:
        """Canonical encoding, for files: lengths, then name and parameters."""
        name = self.name.encode()
        head = struct.pack("<QIII", self.version, self.word_count, len(name), len(self.parameters))
        return head + name + self.parameters

    @classmethod
    def decode_bytes(cls, data: bytes) -> StatementIdentity:
        """From untrusted bytes; ValueError where they are not exactly one encoding."""
        head = struct.calcsize("<QIII")
        if len(data) < head:
            raise ValueError(f"expected at least {head} bytes, received {len(data)}")
        version, word_count, name_size, parameter_size = struct.unpack_from("<QIII", data)
        if len(data) != head + name_size + parameter_size:
            raise ValueError("statement lengths do not add up")
        name = data[head : head + name_size].decode()
        return cls.of(cls(name, version, data[head + name_size :], word_count))


def r1cs_digest(canonical_bytes: bytes) -> bytes:
    """keccak256 of `R1CS.canonical_bytes()`."""
    return keccak(canonical_bytes)


def key_id(statement_id: bytes, r1cs_digest: bytes, key_words: tuple[int, ...]) -> bytes:
    """keccak256 over statement id, R1CS digest and the key words in constructor order."""
    return keccak(statement_id + r1cs_digest + b"".join(map(_word, key_words)))


def _word(value: int) -> bytes:
    return value.to_bytes(_WORD_BYTES, "big")
