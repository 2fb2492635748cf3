"""The verifying key: 24 words, its identity, and its JSON file.

With K_j = beta A_j(tau) + alpha B_j(tau) + C_j(tau), gamma_abc_g1 holds K_j / gamma of the
constant and the two public wires.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from circuits.r1cs import PUBLIC_WIRES
from prover.curve import G1_BYTES, G2_BYTES, G1Point, G2Point
from prover.errors import CorruptKeyFileError, MalformedPointError
from prover.identity import StatementIdentity, key_id
from prover.recursion import check_nesting

_JSON_FORMAT = "proofmark.verifying-key"
_JSON_VERSION = 1
_MAX_JSON_SIZE = 1 << 15
_KEY_BYTES = (1 + PUBLIC_WIRES) * G1_BYTES + 4 * G2_BYTES

_Value = TypeVar("_Value")


@dataclass(frozen=True)
class VerifyingKey:
    """What a verifier needs; `unsafe_dev` says that somebody may know the secrets."""

    statement: StatementIdentity
    r1cs_digest: bytes
    unsafe_dev: bool
    alpha_g1: G1Point
    beta_g2: G2Point
    gamma_g2: G2Point
    delta_1_g2: G2Point
    delta_2_g2: G2Point
    gamma_abc_g1: tuple[G1Point, ...]

    @property
    def points_g2(self) -> dict[str, G2Point]:
        """The points of G2 by name, in constructor order."""
        return {
            "beta_g2": self.beta_g2,
            "gamma_g2": self.gamma_g2,
            "delta_1_g2": self.delta_1_g2,
            "delta_2_g2": self.delta_2_g2,
        }

    @cached_property
    def key_words(self) -> tuple[int, ...]:
        """The key as the contract's constructor takes it: 24 words for three public wires."""
        points: list[G1Point | G2Point] = [self.alpha_g1]
        points += [*self.points_g2.values(), *self.gamma_abc_g1]
        return tuple(coordinate for point in points for coordinate in point.coordinates)

    @cached_property
    def key_id(self) -> bytes:
        """Digest of statement, constraint system and key words; enters the transcript."""
        return key_id(self.statement.statement_id, self.r1cs_digest, self.key_words)

    def save(self, path: Path) -> None:
        """Write the key as JSON."""
        path.write_text(self.to_json(), encoding="utf-8")

    @classmethod
    def open(cls, path: Path) -> VerifyingKey:
        """Read a key from JSON, see `decode_json`."""
        return cls.decode_json(path.read_bytes())

    def to_json(self) -> str:
        """The key as JSON, numbers as hexadecimal strings."""
        document = {
            "format": _JSON_FORMAT,
            "version": _JSON_VERSION,
            "key_id": self.key_id.hex(),
            "unsafe_dev": self.unsafe_dev,
            "statement": {
                "name": self.statement.name,
                "version": self.statement.version,
                "parameters": self.statement.parameters.hex(),
                "word_count": self.statement.word_count,
            },
            "r1cs_digest": self.r1cs_digest.hex(),
            "key_words": [f"{word:064x}" for word in self.key_words],
        }
        return json.dumps(document, indent=2) + "\n"

    @classmethod
    def decode_json(cls, text: str | bytes) -> VerifyingKey:
        """From untrusted JSON; raises CorruptKeyFileError.

        Coordinates and key id are checked here; curve, subgroup and all else by the linter
        (`refuse_verifying_key`), to which a key from elsewhere must go first.
        """
        if len(text) > _MAX_JSON_SIZE:
            raise CorruptKeyFileError(f"{len(text)} bytes are more than a verifying key has")
        try:
            check_nesting(text if isinstance(text, bytes) else text.encode())
            document = json.loads(text)
            if (document["format"], document["version"]) != (_JSON_FORMAT, _JSON_VERSION):
                raise ValueError("another format or version")
            key = cls.decode_words(
                b"".join(map(_bytes32, document["key_words"])),
                _statement(document["statement"]),
                _bytes32(document["r1cs_digest"]),
                unsafe_dev=_typed(document["unsafe_dev"], bool),
            )
            claimed, key_id = _bytes32(document["key_id"]), key.key_id
        except (KeyError, TypeError, ValueError, MalformedPointError) as error:
            raise CorruptKeyFileError(f"no verifying key: {error!r}") from error
        if claimed != key_id:
            raise CorruptKeyFileError(f"key id {key_id.hex()}, the file says {claimed.hex()}")
        return key

    @classmethod
    def decode_words(
        cls, words: bytes, statement: StatementIdentity, r1cs_digest: bytes, *, unsafe_dev: bool
    ) -> VerifyingKey:
        """From the 24 key words; raises MalformedPointError for coordinates not below p."""
        if len(words) != _KEY_BYTES:
            raise ValueError(f"expected {_KEY_BYTES} bytes of key words, received {len(words)}")
        abc_start = G1_BYTES + 4 * G2_BYTES
        points_g1 = [
            G1Point.decode_bytes(words[i : i + G1_BYTES])
            for i in (0, *range(abc_start, _KEY_BYTES, G1_BYTES))
        ]
        beta_g2, gamma_g2, delta_1_g2, delta_2_g2 = (
            G2Point.decode_bytes(words[i : i + G2_BYTES])
            for i in range(G1_BYTES, abc_start, G2_BYTES)
        )
        return cls(
            statement=statement,
            r1cs_digest=r1cs_digest,
            unsafe_dev=unsafe_dev,
            alpha_g1=points_g1[0],
            beta_g2=beta_g2,
            gamma_g2=gamma_g2,
            delta_1_g2=delta_1_g2,
            delta_2_g2=delta_2_g2,
            gamma_abc_g1=tuple(points_g1[1:]),
        )


def _statement(document: dict[str, Any]) -> StatementIdentity:
    return StatementIdentity.of(
        StatementIdentity(
            _typed(document["name"], str),
            _typed(document["version"], int),
            bytes.fromhex(document["parameters"]),
            _typed(document["word_count"], int),
        )
    )


def _typed(value: object, wanted: type[_Value]) -> _Value:
    if type(value) is not wanted:
        raise TypeError(f"expected {wanted.__name__}, received {value!r}")
    return value


def _bytes32(text: str) -> bytes:
    data = bytes.fromhex(text)
    if len(data) != 32:
        raise ValueError(f"expected 32 bytes, received {len(data)}")
    return data
