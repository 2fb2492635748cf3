"""What can go wrong with attestations.

NodeError
└── AttestationError
    ├── AttestationFileError        a file is no attestation file; lists every fault
    ├── InvalidAttestationError     a well-formed attestation that shows nothing
    └── ProvingFailedError          the prover could not make a proof
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from node.errors import NodeError, Reason

_FAULTS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class FileFault:
    """One field of an attestation file: its path, what was expected and what was received."""

    field: str
    expected: str
    received: str

    def __str__(self) -> str:
        return f"{self.field}: expected {self.expected}, received {self.received}"


class AttestationError(NodeError):
    """Base of this room's errors."""

    reason: ClassVar[Reason] = Reason.INTERNAL


class AttestationFileError(AttestationError):
    """Bytes that are no attestation file; `faults` lists what is wrong, field by field."""

    reason: ClassVar[Reason] = Reason.FILE_UNREADABLE

    def __init__(self, where: str, faults: Sequence[FileFault]) -> None:
        self.faults = tuple(faults)
        lines = "".join(f"\n  {fault}" for fault in self.faults[:_FAULTS_SHOWN])
        left_out = len(self.faults) - _FAULTS_SHOWN
        more = f"\n  and {left_out} more" if left_out > 0 else ""
        super().__init__(f"{where} is no attestation file:{lines}{more}")

    @property
    def help(self) -> str:
        """Where to get a good one."""
        return "Check the path, or ask the maker of the file for it again."


class InvalidAttestationError(AttestationError):
    """The proof does not show the words, or the words do not say a market."""

    reason: ClassVar[Reason] = Reason.PROOF_INVALID


class ProvingFailedError(AttestationError):
    """The prover could not make a proof: a fault of ours, never of the market."""
