"""Everything the prover can raise on purpose.

    ProverError
    ├── EngineUnavailableError          the wanted engine is not built or not importable
    ├── InteropFileError                a file in a format of iden3 or snarkjs is refused
    │   ├── NotAnInteropFileError       foreign bytes
    │   ├── UnsupportedInteropFileError of another version, field, curve, protocol, or too large
    │   ├── TruncatedInteropFileError   shorter or longer than its sections say
    │   └── CorruptInteropFileError     a section, count, index or value does not fit
    ├── InvalidProof                    a proof, its words, or both are refused; has a Reason
    ├── KeyFileError                    a key file is refused
    │   ├── NotAKeyFileError            foreign bytes
    │   ├── UnsupportedVersionError     a key file, of another version
    │   ├── TruncatedKeyFileError       shorter or longer than its section table says
    │   ├── CorruptKeyFileError         a digest or a count does not match
    │   └── ForeignKeyError             a sound key file, of another key than expected
    ├── LintError                       the linter refuses a key; lists every finding
    ├── MalformedPointError             bytes or integers that are no point of the wanted group
    ├── ToxicWasteError                 secrets that cannot make a key
    ├── UnsatisfiedConstraintError      the witness breaks a constraint; has the row
    ├── WitnessError                    a witness of another shape or other words than claimed
    └── WordsError                      wrong number of words, or a word not below the modulus

`circuits.r1cs.ChallengeCollisionError` is the statement's to raise; the prover retries it.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum


class ProverError(Exception):
    """Base of every error of this room."""


class EngineUnavailableError(ProverError):
    """The wanted engine is not there; the message says how to get it."""


class InteropFileError(ProverError):
    """A file in a format of iden3 or snarkjs is refused."""


class NotAnInteropFileError(InteropFileError):
    """The bytes do not start like the wanted file."""


class UnsupportedInteropFileError(InteropFileError):
    """A sound file of a version, field, curve, protocol or size that is not read here."""


class TruncatedInteropFileError(InteropFileError):
    """The file's length is not what its sections say."""


class CorruptInteropFileError(InteropFileError):
    """A section, count, index or value inside the file does not fit."""


class Reason(StrEnum):
    """Why a proof is refused. The first failing check, in this order."""

    WORD_COUNT = "word count"
    WORD_RANGE = "word range"
    LENGTH = "proof length"
    COORDINATE_RANGE = "coordinate range"
    INFINITY = "point at infinity"
    NOT_ON_CURVE = "point not on the curve"
    NOT_IN_SUBGROUP = "point not in the subgroup"
    EQUATION = "pairing equation"


class InvalidProof(ProverError):  # noqa: N818  (a verdict, named as callers say it)
    """The proof does not prove these words under this key."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(reason, detail)  # what it is pickled with, to cross processes
        self.reason, self.detail = reason, detail

    def __str__(self) -> str:
        """The verdict and its cause."""
        return f"{self.reason.value}: {self.detail}"


class MalformedPointError(ProverError):
    """Not a point of the wanted group."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(reason, detail)  # what it is pickled with, to cross processes
        self.reason, self.detail = reason, detail

    def __str__(self) -> str:
        """The verdict and its cause."""
        return f"{self.reason.value}: {self.detail}"


class WordsError(ProverError):
    """The words do not fit the statement."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(reason, detail)  # what it is pickled with, to cross processes
        self.reason, self.detail = reason, detail

    def __str__(self) -> str:
        """The verdict and its cause."""
        return f"{self.reason.value}: {self.detail}"


class KeyFileError(ProverError):
    """A key file is refused."""


class NotAKeyFileError(KeyFileError):
    """The bytes do not start like a key file."""


class UnsupportedVersionError(KeyFileError):
    """A key file of a version this program does not read."""


class TruncatedKeyFileError(KeyFileError):
    """The file's length is not what its section table says."""


class CorruptKeyFileError(KeyFileError):
    """A digest, count or encoding inside the file does not match."""


class ForeignKeyError(KeyFileError):
    """A sound file, but not of the key that was asked for."""


class LintError(ProverError):
    """The linter refuses a key."""

    def __init__(self, findings: Sequence[str]) -> None:
        super().__init__("key refused: " + "; ".join(findings))
        self.findings = tuple(findings)


class ToxicWasteError(ProverError):
    """The secrets cannot make a key (a zero, or tau inside the domain)."""


class UnsatisfiedConstraintError(ProverError):
    """The witness breaks a constraint."""

    def __init__(self, row: int) -> None:
        super().__init__(f"the witness breaks the constraint in row {row} (R1CS.row_path names it)")
        self.row = row


class WitnessError(ProverError):
    """The witness has another number of wires than the key, or other words than claimed."""
